import { describe, expect, it } from 'vitest';
import type { TableView } from '$lib/api/schema';
import { combinations, linksOf } from './sections';

const table = (id: string, combines_with: string[] = []) =>
  ({
    id,
    name: id,
    seats: 4,
    x: 0,
    y: 0,
    width: 10,
    height: 10,
    combines_with,
  }) as unknown as TableView;

describe('tables that can be pushed together', () => {
  it('are_linked_once_whichever_names_the_other', () => {
    expect(linksOf([table('a', ['b']), table('b', ['a', 'c']), table('c')])).toHaveLength(2);
  });

  it('a_neighbour_in_another_area_has_no_line', () => {
    expect(linksOf([table('a', ['elsewhere'])])).toEqual([]);
  });

  it('offer_the_seats_of_both', () => {
    const [a, b, c] = [table('a', ['b']), table('b'), table('c')];
    expect(combinations(b, [a, b, c])).toEqual([{ table: a, seats: 8 }]);
  });
});
