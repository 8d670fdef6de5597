import type { Translation } from '../catalogue';
import type { line as original } from '../en/line';

export const line: Translation<typeof original> = {
  'order.newCheck': 'حساب جديد',
  'order.check': 'حساب {number}',
  'order.seatN': 'مقعد {n}',
  'order.course': 'الدفعة',

  'host.covered': { one: 'ضيف واحد', two: 'ضيفان', few: '{n} ضيوف', other: '{n} ضيفًا' },

  'progress.new': 'لم يُرسل',
  'progress.held': 'معلّق',
  'progress.fired': 'مقبول',
  'progress.started': 'بدأ',
  'progress.ready': 'جاهز',
  'progress.served': 'قُدّم',

  'pager.number': 'جهاز {n}',
  'pager.called': 'نودي',

  'allergen.celery': 'كرفس',
  'allergen.crustaceans': 'قشريات',
  'allergen.egg': 'بيض',
  'allergen.fish': 'سمك',
  'allergen.gluten': 'غلوتين',
  'allergen.lupin': 'ترمس',
  'allergen.milk': 'حليب',
  'allergen.molluscs': 'رخويات',
  'allergen.mustard': 'خردل',
  'allergen.nuts': 'مكسرات',
  'allergen.peanuts': 'فول سوداني',
  'allergen.sesame': 'سمسم',
  'allergen.soy': 'صويا',
  'allergen.sulphites': 'كبريتيت',
};
