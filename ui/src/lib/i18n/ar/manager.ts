import type { Translation } from '../catalogue';
import type { manager as original } from '../en/manager';

export const manager: Translation<typeof original> = {
  'manager.day': 'اليوم',
  'manager.close': 'إغلاق اليوم',
  'manager.drawer': 'الدرج',
  'manager.audit': 'السجل',
  'manager.attention': 'تنبيهات',
  'manager.printing': 'الطباعة',
  'manager.availability': 'الأصناف النافدة',
  'manager.sections': 'الإدارة',
  'manager.group.today': 'العمل اليومي',
  'manager.group.venue': 'المطعم',
  'manager.noPermission': 'دورك لا يسمح بعرض هذا',

  'audit.person': 'الشخص',
  'audit.check': 'رقم الحساب',
  'audit.from': 'من',
  'audit.to': 'إلى',
  'audit.everyone': 'الجميع',
  'audit.more': 'مدخلات أقدم',
  'audit.empty': 'لا مدخلات',

  'attention.none': 'لا شيء يحتاجك',
  'attention.since': 'منذ {time}',

  'severity.info': 'ملاحظة',
  'severity.warning': 'تحذير',
  'severity.alarm': 'إنذار',

  'eightySix.title': 'الأصناف النافدة',
  'eightySix.off': 'نفد',
  'eightySix.on': 'متاح',
  'eightySix.countdown': 'عدّ تنازلي',
  'eightySix.limited': {
    zero: 'لا أصناف نافدة أو معدودة',
    one: 'صنف نافد أو معدود',
    two: 'صنفان نافدان أو معدودان',
    few: '{n} أصناف نافدة أو معدودة',
    other: '{n} صنفًا نافدًا أو معدودًا',
  },
  'eightySix.allOn': {
    one: 'إعادة الصنف',
    two: 'إعادة الصنفين',
    few: 'إعادة كل الأصناف ({n})',
    other: 'إعادة كل الأصناف ({n})',
  },
  'eightySix.offAgain': {
    one: 'إيقافه من جديد',
    two: 'إيقافهما من جديد',
    few: 'إيقاف {n} من جديد',
    other: 'إيقاف {n} من جديد',
  },
};
