import { describe, expect, it } from 'vitest';
import type { CheckSummary, TableView } from '$lib/api/schema';
import { combinations, joins, neighbours } from './sections';
import { coversAt, isJoinedOn } from './tableLook';

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
    expect(neighbours([table('a', ['b']), table('b', ['a', 'c']), table('c')])).toHaveLength(2);
  });

  it('a_neighbour_in_another_area_has_no_line', () => {
    expect(neighbours([table('a', ['elsewhere'])])).toEqual([]);
  });

  it('are_offered_to_each_other_whichever_names_the_other', () => {
    const [a, b, c] = [table('a', ['b']), table('b'), table('c')];
    expect(combinations(b, [a, b, c])).toEqual([a]);
  });
});

describe('a party at two tables', () => {
  const check = { id: 'c', table_id: 'a', covers: 7 } as CheckSummary;
  const at = (id: string, other: string) => ({ ...table(id), joined: [other], checks: [check] });
  const tables = [at('a', 'b'), at('b', 'a')];

  it('is_one_link_on_the_plan', () => {
    expect(joins(tables)).toHaveLength(1);
  });

  it('is_counted_once', () => {
    expect(coversAt(tables)).toBe(7);
  });

  it('wants_somebody_at_its_own_table_only', () => {
    expect(tables.map(isJoinedOn)).toEqual([false, true]);
  });
});
