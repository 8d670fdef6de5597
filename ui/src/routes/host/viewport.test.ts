import { describe, expect, it } from 'vitest';
import {
  fitView,
  grown,
  held,
  homeView,
  panned,
  pinched,
  roomOf,
  seen,
  shown,
  snapped,
  touches,
  zoomed,
  type Point,
} from './viewport';

const room = { left: 0, top: 0, width: 100, height: 60 };
const wide = { width: 1000, height: 600 };
const phone = { width: 350, height: 400 };

describe('the view of a floor plan', () => {
  it('the_room_is_what_has_tables_and_a_margin', () => {
    expect(
      roomOf([
        { x: 10, y: 10, width: 5, height: 5 },
        { x: 40, y: 20, width: 10, height: 5 },
      ]),
    ).toEqual({ left: 7, top: 7, width: 46, height: 21 });
  });

  it('a_room_that_fits_is_shown_whole_and_centred', () => {
    expect(homeView(room, wide)).toEqual({ u: 10, x: 0, y: 0 });
    expect(homeView(room, { width: 1200, height: 600 })).toEqual({ u: 10, x: 100, y: 0 });
  });

  it('a_room_too_large_for_a_finger_is_not_shrunk_unless_asked', () => {
    expect(homeView(room, phone)).toMatchObject({ u: 7, x: 0 });
    expect(fitView(room, phone)).toMatchObject({ u: 3.5 });
  });

  it('zooming_keeps_what_is_under_the_finger_there', () => {
    const at = { x: 300, y: 200 };
    const after = zoomed({ u: 10, x: 0, y: 0 }, 2, at, room, wide);
    expect(after.u).toBe(20);
    expect((at.x - after.x) / after.u).toBeCloseTo(30);
    expect((at.y - after.y) / after.u).toBeCloseTo(20);
  });

  it('two_fingers_carry_the_plan_along_while_they_part', () => {
    const from: [Point, Point] = [
      { x: 400, y: 300 },
      { x: 600, y: 300 },
    ];
    const to: [Point, Point] = [
      { x: 350, y: 300 },
      { x: 750, y: 300 },
    ];
    const after = pinched({ u: 10, x: 0, y: 0 }, from, to, room, wide);
    expect(after.u).toBe(20);
  });

  it('nobody_can_lose_the_plan', () => {
    expect(panned({ u: 20, x: 0, y: 0 }, { x: 9999, y: 9999 }, room, wide)).toMatchObject({
      x: 0,
      y: 0,
    });
    expect(panned({ u: 20, x: 0, y: 0 }, { x: -9999, y: -9999 }, room, wide)).toMatchObject({
      x: -1000,
      y: -600,
    });
    expect(held({ u: 5, x: 77, y: 77 }, room, wide)).toMatchObject({ x: 250, y: 150 });
  });

  it('a_table_out_of_sight_is_brought_in_and_one_in_sight_moves_nothing', () => {
    const view = { u: 20, x: 0, y: 0 };
    expect(shown(view, { x: 5, y: 5, width: 5, height: 5 }, room, wide)).toEqual(view);
    expect(shown(view, { x: 90, y: 5, width: 5, height: 5 }, room, wide)).toEqual({
      u: 20,
      x: -900,
      y: 0,
    });
  });

  it('what_is_seen_is_the_part_of_the_plan_in_its_box', () => {
    const part = seen({ u: 20, x: -200, y: -100 }, room, wide);
    expect(part).toEqual({ left: 10, top: 5, width: 50, height: 30 });
    const table = { x: 62, y: 10, width: 5, height: 5 };
    expect(touches(part, table)).toBe(false);
    expect(touches(grown(part, 3), table)).toBe(true);
  });

  it('at_rest_the_plan_lies_on_whole_pixels', () => {
    expect(snapped({ u: 7, x: 10.3, y: -4.6 }, 1)).toEqual({ u: 7, x: 10, y: -5 });
    expect(snapped({ u: 7, x: 10.3, y: -4.6 }, 2)).toEqual({ u: 7, x: 10.5, y: -4.5 });
  });
});
