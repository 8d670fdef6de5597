import { describe, expect, it } from 'vitest';
import type { CategoryView, ItemView, TicketView } from '$lib/api/schema';
import { firstPage, inMenuOrder, soldLately } from './firstPage';

const item = (name: string, category_id: string, sort: number, favourite = false) =>
  ({ id: name, name, category_id, sort, favourite }) as ItemView;
const ticket = (...lines: [name: string, quantity: number, voided?: boolean][]) =>
  ({
    lines: lines.map(([name, quantity, voided = false]) => ({ name, quantity, voided })),
  }) as TicketView;
const categories = [
  { id: 'drinks', sort: 2 },
  { id: 'pizze', sort: 1 },
] as CategoryView[];
const names = (items: ItemView[]) => items.map(({ name }) => name);

describe('the first page of the pad', () => {
  const menu = [
    item('Margherita', 'pizze', 1, true),
    item('Diavola', 'pizze', 2),
    item('Napoli', 'pizze', 3),
    item('Cola', 'drinks', 1, true),
  ];

  it('items_stand_as_the_menu_is_printed', () => {
    expect(names(inMenuOrder([menu[3]!, menu[1]!, menu[0]!], categories))).toEqual([
      'Margherita',
      'Diavola',
      'Cola',
    ]);
  });

  it('a_voided_line_was_not_sold', () => {
    const sold = soldLately([ticket(['Diavola', 2], ['Napoli', 1, true]), ticket(['Diavola', 1])]);
    expect([...sold]).toEqual([['Diavola', 3]]);
  });

  it('what_sells_most_comes_first_and_a_favourite_is_not_shown_twice', () => {
    const sold = new Map([
      ['Margherita', 9],
      ['Diavola', 1],
      ['Napoli', 4],
    ]);
    const { favourites, popular } = firstPage(menu, sold);
    expect(names(favourites)).toEqual(['Margherita', 'Cola']);
    expect(names(popular)).toEqual(['Napoli', 'Diavola']);
  });
});
