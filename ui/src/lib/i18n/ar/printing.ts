import type { Translation } from '../catalogue';
import type { printing as original } from '../en/printing';

export const printing: Translation<typeof original> = {
  'print.printers': 'الطابعات',
  'print.jobs': 'مهام الطباعة',
  'print.queued': {
    one: 'واحدة تنتظر',
    two: 'اثنتان تنتظران',
    few: '{n} تنتظر',
    other: '{n} تنتظر',
  },
  'print.test': 'اختبار',
  'print.reprint': 'إعادة طباعة',
  'print.dismiss': 'تجاهل',
  'print.grade': 'إثبات {grade}',
  'print.attempts': {
    one: 'محاولة واحدة',
    two: 'محاولتان',
    few: '{n} محاولات',
    other: '{n} محاولة',
  },
  'print.unsettled': 'غير محسومة',
  'print.noJobs': 'لا مهام طباعة',
  'print.backup': 'البديل {name}',
  'print.testSent': 'أُرسل الاختبار',

  'job.queued': 'في الانتظار',
  'job.attempting': 'تُطبع',
  'job.sent': 'أُرسلت',
  'job.confirmed': 'طُبعت',
  'job.indeterminate': 'غير مؤكدة',
  'job.reprinted': 'أُعيدت طباعتها',
  'job.expired': 'انتهت',
  'job.dismissed': 'متجاهلة',

  'health.ready': 'جاهزة',
  'health.printing': 'تطبع',
  'health.paper_low': 'الورق قليل',
  'health.paper_out': 'نفد الورق',
  'health.cover_open': 'الغطاء مفتوح',
  'health.error': 'خطأ',
  'health.unreachable': 'غير متاحة',
  'health.unknown': 'غير معروفة',

  'fault.paper_out': 'نفاد الورق',
  'fault.paper_near_end': 'الورق قليل',
  'fault.cover_open': 'فتح الغطاء',
  'fault.offline': 'فصل',
  'fault.cut_cable': 'قطع السلك',
  'fault.power_cycle': 'إعادة تشغيل',
  'fault.none': 'إصلاح الكل',

  'printers.title': 'طابعات افتراضية',
  'printers.noSlips': 'لا ورق بعد',

  'lines.title': 'اقطع خطًا وشاهد ما يستمر',
  'lines.internet': 'الإنترنت، إلى المُرحِّل',
  'lines.lan': 'الشبكة، إلى الجهاز الآخر',
  'lines.whole': 'سليم',
  'lines.cut': 'مقطوع',
};
