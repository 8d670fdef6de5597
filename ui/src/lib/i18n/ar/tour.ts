import type { Translation } from '../catalogue';
import type { tour as original } from '../en/tour';

export const tour: Translation<typeof original> = {
  'tour.next': 'التالي',
  'setup.goOn': 'متابعة البدء الموجّه',
  'tour.offer': 'مساء واحد في دقيقتين، من الباب إلى تقرير Z.',
  'tour.start': 'ابدأ',
  'tour.no': 'ليس الآن',
  'tour.end': 'إنهاء الجولة',
  'tour.done': 'تم',
  'tour.host': 'الاستقبال',
  'tour.host.text': 'المس طاولة خالية لإجلاس ضيوف. الألوان والكلمات تخبرك بحال كل طاولة.',
  'tour.order': 'الطلب',
  'tour.order.text': 'افتح حسابًا والمس الأصناف واختر المقاعد والأطباق ثم أرسل.',
  'tour.kitchen': 'المطبخ',
  'tour.kitchen.text': 'التذاكر، الأقدم أولًا. المس تذكرة لإنهائها، والاسترجاع يعيدها.',
  'tour.expo': 'المنسق',
  'tour.expo.text': 'الطاولة جاهزة حين تجهز كل محطة: قدّمها من هنا.',
  'tour.printers': 'طابعات افتراضية',
  'tour.printers.text': 'ما كانت الطابعات ستطبعه. اسحب الورق وانظر ما يحدث.',
  'tour.floor': 'مخطط القاعة',
  'tour.floor.text': 'اسحب الطاولات والجدران والأبواب وانشر فتظهر في كل مكان فورًا.',
  'tour.day': 'اليوم',
  'tour.day.text': 'مبيعات اليوم ومدفوعاته وضرائبه. أغلق اليوم بعد عدّ الدرج.',
};
