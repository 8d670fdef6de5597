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
  'manager.floor': 'مخطط القاعة',
  'manager.sections': 'الإدارة',
  'manager.group.today': 'اليوم',
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
};
