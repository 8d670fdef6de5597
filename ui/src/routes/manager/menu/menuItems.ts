import { freshKey } from '$lib/api/key';
import type { Uuid } from '$lib/api/schema';
import type { Category, Item } from '$lib/catalogue/entities';
import { draft } from '$lib/catalogue/theDraft';
import { folded } from '$lib/menu/search';

export const bySort = (a: { sort: number; name: string }, b: { sort: number; name: string }) =>
  a.sort - b.sort || a.name.localeCompare(b.name);

export const categoriesInOrder = (): Category[] => draft.all('category').toSorted(bySort);

/** The items of the menu as it will be, by category, in the order of the menu. */
export function menuInOrder(items: Item[]): { category: Category; items: Item[] }[] {
  return categoriesInOrder().map((category) => ({
    category,
    items: items.filter((item) => item.category === category.id).toSorted(bySort),
  }));
}

/** Whether every word of `query` is in one of the item's names. */
export function matches(item: Item, query: string): boolean {
  const words = folded(query.trim()).split(/\s+/);
  const names = [item.name, ...Object.values(item.names)].map(folded);
  return names.some((name) => words.every((word) => name.includes(word)));
}

const lastSort = (category: Uuid) =>
  draft
    .all('item')
    .filter((item) => item.category === category)
    .reduce((last, item) => Math.max(last, item.sort), -1);

/** A new item at the end of a category; what its neighbours have, it has too, for that is most often right. */
export function addItem(category: Uuid): Uuid {
  const neighbour = draft.all('item').findLast((item) => item.category === category);
  const id = freshKey();
  draft.add('item', {
    id,
    name: '',
    names: {},
    description: '',
    category,
    price: 0,
    price_schedules: [],
    tax: neighbour?.tax ?? draft.all('tax')[0]?.id ?? '',
    station: neighbour?.station ?? null,
    course: neighbour?.course ?? 1,
    prep_secs: neighbour?.prep_secs ?? 600,
    allergens: [],
    modifier_groups: [],
    sort: lastSort(category) + 1,
    favourite: false,
    open: false,
    archived: false,
  });
  return id;
}

export function duplicateItem(item: Item, name: string): Uuid {
  const id = freshKey();
  const sort = lastSort(item.category) + 1;
  draft.add('item', { ...item, id, name, names: {}, sort, favourite: false });
  return id;
}

/** The items that use a modifier group. */
export const usersOf = (group: Uuid): Item[] =>
  draft.all('item').filter((item) => item.modifier_groups.includes(group));
