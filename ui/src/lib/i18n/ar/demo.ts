import type { Translation } from '../catalogue';
import type { demo as original } from '../en/demo';

export const demo: Translation<typeof original> = {
  'fault.paper_out': 'نفاد الورق',
  'fault.paper_near_end': 'الورق قليل',
  'fault.cover_open': 'فتح الغطاء',
  'fault.offline': 'فصل',
  'fault.cut_cable': 'قطع السلك',
  'fault.power_cycle': 'إعادة تشغيل',
  'fault.none': 'إصلاح الكل',

  'printers.title': 'أجهزة افتراضية',
  'printers.noSlips': 'لا ورق بعد',

  'demoDevices.title': 'أجهزة على سلك: افصلها واضغطها وسخّنها',
  'demoDevices.bump_bar': 'لوحة مفاتيح المطبخ',
  'demoDevices.pager_base': 'قاعدة أجهزة النداء',
  'demoDevices.call_button': 'زر نداء',
  'demoDevices.customer_display': 'شاشة الزبون',
  'demoDevices.beacon': 'ضوء أو جرس',
  'demoDevices.probe': 'مقياس حرارة',
  'demoDevices.drawer': 'درج النقود',
  'demoDevices.call': 'نداء',
  'demoDevices.bill': 'الحساب',
  'demoDevices.cancel': 'لا داعي',

  'lines.title': 'اقطع خطًا وشاهد ما يستمر',
  'lines.internet': 'الإنترنت، إلى المُرحِّل',
  'lines.lan': 'الشبكة، إلى الجهاز الآخر',
  'lines.whole': 'سليم',
  'lines.cut': 'مقطوع',
};
