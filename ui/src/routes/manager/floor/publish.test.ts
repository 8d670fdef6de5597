import { describe, expect, it } from 'vitest';
import { begun, changed, redone, undone } from './history';
import { moved, piecesIn, withoutPieces } from './plan';
import { changesBetween, rebased } from './publish';
import { ids, of, room, table } from './plan.fixture';

describe('history', () => {
  it('undo_and_redo_walk_the_whole_session', () => {
    let history = begun(0);
    for (let step = 1; step <= 500; step += 1) history = changed(history, step);
    for (let step = 0; step < 500; step += 1) history = undone(history);
    expect(history.present).toBe(0);
    expect(undone(history)).toEqual(history);
    for (let step = 0; step < 500; step += 1) history = redone(history);
    expect(history.present).toBe(500);
    expect(redone(history)).toEqual(history);
  });

  it('a_new_change_forgets_what_was_undone', () => {
    const history = changed(undone(changed(begun('a'), 'b')), 'c');
    expect(history).toEqual({ past: ['a'], present: 'c', future: [] });
  });

  it('a_change_to_the_same_is_no_step', () => {
    const plan = room(table('s1'));
    expect(changed(begun(plan), plan).past).toEqual([]);
  });
});

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
