import { describe, expect, it } from 'vitest';
import { duplicated, freePlace, newName } from './adding';
import { aligned, distributed, inReadingOrder, numbered } from './arrange';
import { type Plan, areasOf, moved, withoutPieces } from './plan';
import { box, ids, of, room, table } from './plan.fixture';
import { problemsIn } from './problems';
import { areaShifted, combineToggled, combinedPairs, painted, sectionOf } from './rooms';

const kinds = (plan: Plan) => problemsIn(plan, 'room').map((problem) => problem.kind);

describe('a plan', () => {
  it('an_edit_never_changes_the_plan_it_was_made_on', () => {
    const before = room(table('s1'), table('s2', { x: 30 }));
    const copy = structuredClone(before);
    const after = withoutPieces(
      moved(combineToggled(before, 's1', 's2'), ids('s1'), 1, 1),
      ids('s2'),
    );
    expect(before).toEqual(copy);
    expect(of(after, 's2').archived).toBe(true);
    expect(of(after, 's1').combines_with).toEqual([]);
  });

  it('warns_of_tables_that_overlap_or_stand_outside_or_share_a_name', () => {
    expect(kinds(room(table('s1'), table('s2', { x: 30 })))).toEqual([]);
    expect(kinds(room(table('s1'), table('s2', { x: 15 })))).toEqual(['overlap']);
    expect(kinds(room(table('s1'), table('s2', { x: 16 })))).toEqual([]);
    expect(kinds(room(table('s1', { x: 97 })))).toEqual(['outside']);
    expect(kinds(room(table('s1', { x: 0, y: 26, width: 40, height: 2, rotation: 90 })))).toEqual(
      [],
    );
    expect(kinds(room(table('s1'), table('s2', { x: 30, name: 'S1' })))).toEqual(['same_name']);
    expect(kinds(room(table('s1', { name: ' ' })))).toEqual(['no_name']);
  });

  it('a_table_may_stand_under_a_window_but_not_in_a_wall', () => {
    const plan = room(table('s1'));
    const decor = { id: 'd', area: 'room', label: '', archived: false, ...box(12, 8, 3, 4) };
    expect(kinds({ ...plan, decor: [{ ...decor, kind: 'window' }] })).toEqual([]);
    expect(kinds({ ...plan, decor: [{ ...decor, kind: 'wall' }] })).toEqual(['overlap']);
  });

  it('a_new_table_stands_where_nothing_is_and_gets_the_next_name', () => {
    const plan = room(table('s1', { name: 'S9' }), table('s2', { x: 30, name: 'S10' }));
    const place = freePlace(plan, plan.areas[0]!, { width: 6, height: 6 }, { x: 10, y: 10 });
    expect(kinds(room(...plan.tables, table('s3', place)))).toEqual([]);
    expect(newName(plan, 'room')).toBe('S11');
    expect(newName(room(), 'room')).toBe('S1');
  });

  it('copies_stand_beside_and_have_names_and_links_of_their_own', () => {
    const before = combineToggled(room(table('s1'), table('s2', { x: 10, y: 30 })), 's1', 's2');
    let next = 0;
    const { plan, copies } = duplicated(before, ids('s1', 's2'), () => `new${++next}`);
    expect(copies).toEqual(['new1', 'new2']);
    expect(of(plan, 'new1')).toMatchObject({ name: 'S3', x: 18, y: 10, combines_with: [] });
    expect(kinds(plan)).toEqual([]);
  });

  it('combining_is_mutual_and_undone_by_saying_it_again', () => {
    const apart = room(table('s1'), table('s2', { x: 30 }));
    const together = combineToggled(apart, 's1', 's2');
    expect(of(together, 's2').combines_with).toEqual(['s1']);
    expect(combinedPairs(together, 'room')).toHaveLength(1);
    expect(combineToggled(together, 's2', 's1')).toEqual(apart);
  });

  it('a_table_is_in_one_section_at_most', () => {
    const section = {
      name: '',
      color: '#000000',
      tables: [],
      server: null,
      sort: 0,
      archived: false,
    };
    const plan = {
      ...room(table('s1')),
      sections: [
        { ...section, id: 'a' },
        { ...section, id: 'b' },
      ],
    };
    const given = painted(painted(plan, 'a', 's1'), 'b', 's1');
    expect(sectionOf(given, 's1')?.id).toBe('b');
    expect(given.sections[0]!.tables).toEqual([]);
    expect(sectionOf(painted(given, 'b', 's1'), 's1')).toBeUndefined();
  });

  it('areas_change_places', () => {
    const plan = {
      ...room(),
      areas: ['a', 'b', 'c'].map((id, sort) => ({
        id,
        name: id,
        sort: sort * 10,
        width: 100,
        height: 60,
        archived: false,
      })),
    };
    expect(areasOf(areaShifted(plan, 'c', -1)).map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    expect(areaShifted(plan, 'a', -1)).toBe(plan);
  });
});

describe('arranging', () => {
  const plan = room(
    table('s1', { x: 5, y: 10, width: 10 }),
    table('s2', { x: 20, y: 12, width: 4 }),
    table('s3', { x: 60, y: 9, width: 6 }),
  );
  const all = ids('s1', 's2', 's3');
  const each = (after: Plan, name: 'x' | 'y') => after.tables.map((one) => one[name]);

  it('aligns_edges_and_middles', () => {
    expect(each(aligned(plan, all, 'top'), 'y')).toEqual([9, 9, 9]);
    expect(each(aligned(plan, all, 'right'), 'x')).toEqual([56, 62, 60]);
    expect(aligned(plan, ids('s1'), 'top')).toBe(plan);
  });

  it('makes_gaps_equal_and_leaves_the_outermost', () => {
    expect(each(distributed(plan, all, 'x'), 'x')).toEqual([5, 35.5, 60]);
  });

  it('numbers_row_by_row_and_never_twice', () => {
    const grid = room(
      table('a', { x: 40, y: 10 }),
      table('b', { x: 10, y: 11 }),
      table('c', { x: 10, y: 30 }),
      table('d', { x: 80, y: 50, name: 'T2' }),
    );
    expect(inReadingOrder(grid.tables).map(({ id }) => id)).toEqual(['b', 'a', 'c', 'd']);
    const after = numbered(grid, ids('a', 'b', 'c'), 'T1');
    expect(after.tables.map(({ name }) => name)).toEqual(['T3', 'T1', 'T4', 'T2']);
  });
});
