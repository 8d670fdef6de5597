import { describe, expect, it } from 'vitest';
import {
  boundsOf,
  middleOf,
  outlineOf,
  overlap,
  pointOf,
  resized,
  turnedTowards,
} from './geometry';
import { snapped } from './snap';

const box = (x: number, y: number, width = 6, height = 6, rotation = 0) => ({
  x,
  y,
  width,
  height,
  rotation,
});

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
