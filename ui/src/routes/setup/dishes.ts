import type { Language } from '$lib/i18n/i18n.svelte';
import { DRINK, type Dish, MAIN } from './starter';

const food =
  (course: number) =>
  (category: string, name: string, price: number): Dish => ({
    name,
    category,
    price,
    drink: false,
    course,
  });
const starter = food(2);
const main = food(MAIN);
const dessert = food(4);
const drink = (category: string, name: string, price: number): Dish => ({
  ...main(category, name, price),
  drink: true,
  course: DRINK,
});

/** A menu that many places could open with: to be changed, not to be kept. */
export const STARTER_MENU: Record<Language, Dish[]> = {
  en: [
    starter('Starters', 'Soup of the day', 6),
    starter('Starters', 'Garden salad', 7),
    starter('Starters', 'Bread and olives', 4),
    main('Mains', 'Burger and fries', 14),
    main('Mains', 'Grilled chicken', 16),
    main('Mains', 'Fish of the day', 19),
    main('Mains', 'Pasta with tomato', 12),
    main('Mains', 'Mushroom risotto', 14),
    dessert('Desserts', 'Chocolate cake', 7),
    dessert('Desserts', 'Ice cream', 5),
    drink('Drinks', 'Water', 3),
    drink('Drinks', 'Lemonade', 4),
    drink('Drinks', 'Glass of wine', 6),
    drink('Drinks', 'Beer', 5),
    drink('Coffee', 'Espresso', 2.5),
    drink('Coffee', 'Cappuccino', 3.5),
  ],
  ar: [
    starter('مقبلات', 'شوربة اليوم', 6),
    starter('مقبلات', 'سلطة خضراء', 7),
    starter('مقبلات', 'حمص وخبز', 4),
    main('أطباق رئيسية', 'برغر وبطاطا', 14),
    main('أطباق رئيسية', 'دجاج مشوي', 16),
    main('أطباق رئيسية', 'سمك اليوم', 19),
    main('أطباق رئيسية', 'معكرونة بالطماطم', 12),
    main('أطباق رئيسية', 'أرز بالخضار', 14),
    dessert('حلويات', 'كعكة شوكولاتة', 7),
    dessert('حلويات', 'مثلجات', 5),
    drink('مشروبات', 'ماء', 3),
    drink('مشروبات', 'ليموناضة', 4),
    drink('مشروبات', 'عصير برتقال', 5),
    drink('قهوة', 'قهوة عربية', 2.5),
    drink('قهوة', 'كابتشينو', 3.5),
  ],
};

/** What three empty rows invite to write. */
export const EXAMPLES: Record<Language, string[]> = {
  en: ['Burger and fries', 'Garden salad', 'Lemonade'],
  ar: ['برغر وبطاطا', 'سلطة خضراء', 'ليموناضة'],
};
