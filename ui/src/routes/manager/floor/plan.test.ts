import { describe, expect, it } from 'vitest';
import { aligned, distributed, inReadingOrder, numbered } from './arrange';
import {
  boundsOf,
  middleOf,
  outlineOf,
  overlap,
  pointOf,
  resized,
  turnedTowards,
} from './geometry';
import { begun, changed, redone, undone } from './history';
import {
  type Plan,
  type PlanTable,
  areaShifted,
  areasOf,
  combineToggled,
  combinedPairs,
  duplicated,
  freePlace,
  moved,
  newName,
  painted,
  piecesIn,
  sectionOf,
  withoutPieces,
} from './plan';
import { problemsIn } from './problems';
import { changesBetween, rebased } from './publish';
import { snapped } from './snap';

const box = (x: number, y: number, width = 6, height = 6, rotation = 0) => ({
  x,
  y,
  width,
  height,
  rotation,
});

const table = (id: string, place: Partial<PlanTable> = {}): PlanTable => ({
  id,
  name: id.toUpperCase(),
  area: 'room',
  seats: 4,
  shape: 'rect',
  combines_with: [],
  ...box(10, 10),
  ...place,
});

const room = (...tables: PlanTable[]): Plan => ({
  areas: [{ id: 'room', name: 'Sala', sort: 0 }],
  tables,
  decor: [],
  sections: [],
});

const ids = (...all: string[]) => new Set(all);
const kinds = (plan: Plan) => problemsIn(plan, 'room').map((problem) => problem.kind);
const of = (plan: Plan, id: string) => plan.tables.find((one) => one.id === id)!;

describe('geometry', () => {
  it('a_turned_table_needs_the_room_that_its_corners_reach', () => {
    expect(boundsOf(box(10, 10, 8, 4, 90))).toEqual({ left: 12, top: 8, right: 16, bottom: 16 });
    const tilted = boundsOf(box(0, 0, 10, 10, 45));
    expect(tilted.right - tilted.left).toBeCloseTo(10 * Math.SQRT2, 1);
  });

  it('a_round_table_needs_no_more_room_when_it_turns', () => {
    expect(boundsOf(box(0, 0, 10, 10, 45), true).right).toBeCloseTo(10, 1);
  });

  it('turned_tables_whose_upright_bounds_cross_may_still_stand_apart', () => {
    const a = outlineOf(box(0, 0, 20, 2, 45), false);
    const b = outlineOf(box(6, -6, 20, 2, 45), false);
    expect(overlap(a, b)).toBe(false);
    expect(overlap(a, outlineOf(box(0, 0, 20, 2, -45), false))).toBe(true);
  });

  it('a_round_table_in_the_corner_of_a_square_one_does_not_touch_it', () => {
    const square = outlineOf(box(0, 0, 6, 6), false);
    expect(overlap(square, outlineOf(box(5.3, 5.3, 6, 6), true))).toBe(false);
    expect(overlap(square, outlineOf(box(5.3, 5.3, 6, 6), false))).toBe(true);
  });

  it('pulling_a_corner_of_a_turned_table_leaves_the_one_across_where_it_was', () => {
    const before = box(10, 10, 8, 4, 30);
    const after = resized(before, { across: 1, down: 1 }, { x: 40, y: 30 }, 0.5);
    const [was, is] = [pointOf(before, -1, -1), pointOf(after, -1, -1)];
    expect(is.x).toBeCloseTo(was.x, 1);
    expect(is.y).toBeCloseTo(was.y, 1);
    expect(after.width % 0.5).toBe(0);
  });

  it('nothing_gets_smaller_than_one_unit', () => {
    const after = resized(box(10, 10), { across: 1, down: 1 }, { x: 0, y: 0 }, 1);
    expect([after.width, after.height]).toEqual([1, 1]);
  });

  it('turning_goes_in_steps_and_about_the_middle', () => {
    const before = box(10, 10, 8, 4);
    const after = turnedTowards(before, { x: 40, y: 12.4 }, 15);
    expect(after.rotation).toBe(90);
    expect(middleOf(after)).toEqual(middleOf(before));
    expect(turnedTowards(before, { x: 13.9, y: -40 }, 15).rotation).toBe(0);
  });
});

describe('snapping', () => {
  const still = { left: 20, top: 10, right: 26, bottom: 16 };
  const options = { grid: 1, reach: 0.7 };

  it('comes_to_rest_in_line_with_a_neighbour_before_the_grid', () => {
    const moving = { left: 0, top: 30.3, right: 6, bottom: 36.3 };
    const rest = snapped(
      moving,
      [{ ...still, left: 20.4, right: 26.4 }],
      { dx: 20.1, dy: 0.4 },
      options,
    );
    expect(moving.left + rest.dx).toBeCloseTo(20.4);
    expect(moving.top + rest.dy).toBe(31);
    expect(rest.guides).toEqual([{ axis: 'x', at: 20.4, from: 10, to: 37 }]);
  });

  it('finds_middles_as_well_as_edges', () => {
    const moving = { left: 0, top: 0, right: 4, bottom: 4 };
    const rest = snapped(moving, [still], { dx: 20.8, dy: 30 }, options);
    expect(rest.dx).toBe(21);
    expect(rest.guides[0]).toMatchObject({ axis: 'x', at: 23 });
  });

  it('rests_on_the_grid_when_nobody_is_near', () => {
    const moving = { left: 0.25, top: 0, right: 6.25, bottom: 6 };
    expect(snapped(moving, [], { dx: 3.6, dy: 2.4 }, options)).toEqual({
      dx: 3.75,
      dy: 2,
      guides: [],
    });
  });
});

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
    const decor = { id: 'd', area: 'room', label: '', ...box(12, 8, 3, 4) };
    expect(kinds({ ...plan, decor: [{ ...decor, kind: 'window' }] })).toEqual([]);
    expect(kinds({ ...plan, decor: [{ ...decor, kind: 'wall' }] })).toEqual(['overlap']);
  });

  it('a_new_table_stands_where_nothing_is_and_gets_the_next_name', () => {
    const plan = room(table('s1', { name: 'S9' }), table('s2', { x: 30, name: 'S10' }));
    const place = freePlace(plan, 'room', { width: 6, height: 6 }, { x: 10, y: 10 });
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
    const section = { name: '', color: '#000000', tables: [], server: null };
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
      areas: ['a', 'b', 'c'].map((id, sort) => ({ id, name: id, sort: sort * 10 })),
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
