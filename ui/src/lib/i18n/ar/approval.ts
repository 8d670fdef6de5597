import type { Translation } from '../catalogue';
import type { approval as original } from '../en/approval';

export const approval: Translation<typeof original> = {
  'approval.title': 'رمز المدير',
  'approval.for': 'بطلب من {name}',
  'approval.who': 'من يوافق؟',
  'approval.nobody': 'لا أحد هنا يحق له الموافقة',
  'approval.away': 'الخادم لا يجيب. لا يمكن أن تنتظر الموافقة على هذا الجهاز: لم يحدث شيء.',
  'approval.again': 'إعادة المحاولة',
};
