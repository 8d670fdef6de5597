import type { Translation } from '../catalogue';
import type { kitchen as original } from '../en/kitchen';

export const kitchen: Translation<typeof original> = {
  'kitchen.bump': 'إنهاء',
  'kitchen.recall': 'استرجاع',
  'kitchen.recent': 'الأخيرة',
  'kitchen.allDay': 'الإجمالي',
  'kitchen.noTickets': 'لا طلبات',
  'kitchen.held': 'معلّق',
  'kitchen.refire': 'إعادة طهي',
  'kitchen.rush': 'عاجل',
  'kitchen.voided': 'ملغى',
  'kitchen.changed': 'تغيّر',
  'kitchen.soundOn': 'الصوت مفعّل',
  'kitchen.soundOff': 'المس لتفعيل الصوت',
  'kitchen.tickets': {
    zero: 'لا تذاكر',
    one: 'تذكرة واحدة',
    two: 'تذكرتان',
    few: '{n} تذاكر',
    other: '{n} تذكرة',
  },
  'kitchen.heldCount': '{n} معلّقة',
  'kitchen.late': '{n} متأخرة',
  'kitchen.round': 'جولة {n}',
  'kitchen.noStation': 'لا توجد محطة بهذا الاسم',
  'kitchen.ticketOf': 'تذكرة {table}، دفعة {course}',
  'kitchen.lineProgress': '{name}: {progress}',
  'kitchen.noTable': 'بلا طاولة',
  'kitchen.bumpedAt': 'أُنهيت {time}',

  'expo.serve': 'تقديم',
  'expo.ready': 'جاهز للتقديم',
  'expo.waiting': 'قيد التحضير',
  'expo.empty': 'لا شيء على منضدة التسليم',
};
