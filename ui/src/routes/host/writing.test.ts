import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Writing } from './writing.svelte';

const room = { left: 0, top: 0, width: 100, height: 60 };
const left = { left: 0, top: 0, width: 50, height: 60 };
const near = { x: 55, y: 10, width: 5, height: 5 };
const far = { x: 90, y: 10, width: 5, height: 5 };

let frames: (() => void)[] = [];
const frame = () => frames.splice(0).forEach((one) => one());

beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (one: () => void) => frames.push(one));
  vi.stubGlobal('cancelAnimationFrame', () => (frames = []));
});

describe('writing on the tables of a plan', () => {
  it('what_is_seen_is_written_at_once_and_the_rest_frame_by_frame', () => {
    const writing = new Writing({ isHeld: () => false, whole: () => room });
    writing.begin(left, 10);
    expect([writing.reaches(near), writing.reaches(far)]).toEqual([false, false]);
    frame();
    expect([writing.reaches(near), writing.reaches(far)]).toEqual([true, false]);
    for (let times = 0; times < 3; times += 1) frame();
    expect([writing.reaches(near), writing.reaches(far)]).toEqual([true, true]);
    expect(frames).toEqual([]);
  });

  it('nothing_is_added_while_a_finger_moves_the_plan', () => {
    let held = true;
    const writing = new Writing({ isHeld: () => held, whole: () => room });
    writing.begin(left, 10);
    frame();
    expect(writing.reaches(near)).toBe(false);
    held = false;
    frame();
    expect(writing.reaches(near)).toBe(true);
  });
});
