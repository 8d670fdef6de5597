import { describe, expect, it } from 'vitest';
import { moved, piecesIn, withoutPieces } from './plan';
import { changesBetween, rebased } from './publish';
import { ids, of, room, table } from './plan.fixture';

describe('publishing', () => {
  const base = room(table('s1'), table('s2', { x: 30 }));

  it('sends_only_what_differs_with_what_it_was', () => {
    const mine = moved(base, ids('s1'), 2, 0);
    expect(changesBetween(base, mine)).toEqual([
      { kind: 'table', id: 's1', entity: of(mine, 's1'), base: of(base, 's1') },
    ]);
    expect(changesBetween(base, moved(mine, ids('s1'), -2, 0))).toEqual([]);
  });

  it('what_was_drawn_and_taken_away_was_never_there', () => {
    const drawn = { ...base, tables: [...base.tables, table('s3', { x: 60 })] };
    expect(changesBetween(base, drawn)).toHaveLength(1);
    expect(changesBetween(base, withoutPieces(drawn, ids('s3')))).toEqual([]);
  });

  it('the_order_of_fields_is_no_change', () => {
    const { id, ...rest } = of(base, 's1');
    expect(changesBetween(base, { ...base, tables: [{ ...rest, id }, base.tables[1]!] })).toEqual(
      [],
    );
  });

  it('an_undo_to_before_a_table_was_published_takes_it_off', () => {
    expect(changesBetween(base, { ...base, tables: [base.tables[0]!] })).toEqual([
      { kind: 'table', id: 's2', entity: null, base: base.tables[1] },
    ]);
  });

  it('keeps_what_another_published_where_i_changed_nothing', () => {
    const mine = moved(base, ids('s1'), 2, 0);
    const theirs = room(
      table('s1', { name: 'Window', x: 50 }),
      table('s2', { x: 31 }),
      table('s4'),
    );
    const both = rebased(base, mine, theirs);
    expect(of(both, 's1')).toMatchObject({ name: 'Window', x: 12 });
    expect(of(both, 's2').x).toBe(31);
    expect(piecesIn(both, 'room')).toHaveLength(3);
  });
});
