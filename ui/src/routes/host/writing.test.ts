import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Writing } from './writing.svelte';

const U_PX = 10;
const seen = { left: 0, top: 0, width: 50, height: 60 };
const near = { x: 55, y: 10, width: 5, height: 5 };
const farther = { x: 85, y: 10, width: 5, height: 5 };
const far = { x: 200, y: 10, width: 5, height: 5 };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('writing on the tables of a plan', () => {
  it('what_is_seen_is_written_at_once_and_what_is_around_it_follows', () => {
    const writing = new Writing(() => false);
    writing.begin(seen, U_PX);
    const written = () => [near, farther, far].map((one) => writing.reaches(one));
    expect(written()).toEqual([false, false, false]);
    vi.advanceTimersByTime(155);
    expect(written()).toEqual([true, false, false]);
    vi.runAllTimers();
    expect(written()).toEqual([true, true, false]);
  });

  it('nothing_is_added_while_a_finger_moves_the_plan', () => {
    let held = true;
    const writing = new Writing(() => held);
    writing.begin(seen, U_PX);
    vi.advanceTimersByTime(500);
    expect(writing.reaches(near)).toBe(false);
    held = false;
    vi.runAllTimers();
    expect(writing.reaches(near)).toBe(true);
  });

  it('what_a_finger_draws_into_sight_is_written', () => {
    const writing = new Writing(() => true);
    writing.begin(seen, U_PX);
    writing.follow({ ...seen, left: 40 }, U_PX);
    expect(writing.reaches(farther)).toBe(true);
  });

  it('a_plan_that_was_moved_keeps_what_is_written', () => {
    const writing = new Writing(() => false);
    writing.begin(seen, U_PX);
    writing.goOn({ ...seen, left: 160 }, U_PX);
    expect(writing.reaches({ ...near, x: 10 })).toBe(true);
    vi.runAllTimers();
    expect(writing.reaches({ ...near, x: 10 })).toBe(true);
    expect(writing.reaches(far)).toBe(true);
  });
});
