import type { Translation } from '../catalogue';
import type { backup as original } from '../en/backup';

export const backup: Translation<typeof original> = {
  'manager.backup': 'النسخ الاحتياطي',
  'backup.key': 'مفتاح الاستعادة',
  'backup.keyNone': 'لا يوجد مفتاح استعادة بعد: لا تُصنع أي نسخة',
  'backup.keyIs': 'تُفتح النسخ بالمفتاح …{mark}',
  'backup.keyMake': 'إنشاء مفتاح استعادة',
  'backup.keyRenew': 'إنشاء مفتاح آخر',
  'backup.keyTitle': 'اكتب هذا أو اطبعه الآن',
  'backup.keyWhy':
    'هذا المفتاح وحده يفتح النسخ. يظهر مرة واحدة ولا يُحفظ في أي مكان: احفظ الورقة بعيدًا عن الصندوق.',
  'backup.keyWritten': 'هو عندي على ورق',
  'backup.where': 'أين ومتى',
  'backup.folder': 'مجلد أو ذاكرة USB',
  'backup.time': 'في الساعة (فارغ: عند نهاية يوم العمل)',
  'backup.days': 'مدة الحفظ',
  'backup.daysUnit': {
    zero: '{n} يوم',
    one: 'يوم واحد',
    two: 'يومان',
    few: '{n} أيام',
    many: '{n} يومًا',
    other: '{n} يوم',
  },
  'backup.toRelay': 'إلى المرحّل أيضًا',
  'backup.save': 'حفظ',
  'backup.last': 'آخر النسخ',
  'backup.inFolder': 'مجلد أو ذاكرة USB',
  'backup.atRelay': 'المرحّل',
  'backup.never': 'لا نسخ بعد',
  'backup.at': 'قبل {age} · {size}',
  'backup.off': 'غير مطلوب',
  'backup.failed': 'فشلت المحاولة الأخيرة',
  'backup.running': 'جارٍ النسخ …',
  'backup.now': 'انسخ الآن',
};
