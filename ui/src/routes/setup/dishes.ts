import type { Language } from '$lib/i18n/i18n.svelte';
import type { Dish } from './starter';

const food = (category: string, name: string, price: number): Dish => ({
  name,
  category,
  price,
  drink: false,
});
const drink = (category: string, name: string, price: number): Dish => ({
  ...food(category, name, price),
  drink: true,
});

/** A menu that many places could open with: to be changed, not to be kept. */
export const STARTER_MENU: Record<Language, Dish[]> = {
  en: [
    food('Starters', 'Soup of the day', 6),
    food('Starters', 'Garden salad', 7),
    food('Starters', 'Bread and olives', 4),
    food('Mains', 'Burger and fries', 14),
    food('Mains', 'Grilled chicken', 16),
    food('Mains', 'Fish of the day', 19),
    food('Mains', 'Pasta with tomato', 12),
    food('Mains', 'Mushroom risotto', 14),
    food('Desserts', 'Chocolate cake', 7),
    food('Desserts', 'Ice cream', 5),
    drink('Drinks', 'Water', 3),
    drink('Drinks', 'Lemonade', 4),
    drink('Drinks', 'Glass of wine', 6),
    drink('Drinks', 'Beer', 5),
    drink('Coffee', 'Espresso', 2.5),
    drink('Coffee', 'Cappuccino', 3.5),
  ],
  ar: [
    food('مقبلات', 'شوربة اليوم', 6),
    food('مقبلات', 'سلطة خضراء', 7),
    food('مقبلات', 'حمص وخبز', 4),
    food('أطباق رئيسية', 'برغر وبطاطا', 14),
    food('أطباق رئيسية', 'دجاج مشوي', 16),
    food('أطباق رئيسية', 'سمك اليوم', 19),
    food('أطباق رئيسية', 'معكرونة بالطماطم', 12),
    food('أطباق رئيسية', 'أرز بالخضار', 14),
    food('حلويات', 'كعكة شوكولاتة', 7),
    food('حلويات', 'مثلجات', 5),
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
