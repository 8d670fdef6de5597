import { describe, expect, it } from 'vitest';
import { niceTop } from './scale';

describe('an axis', () => {
  it('has_lines_at_numbers_that_one_can_say_and_room_for_the_largest', () => {
    expect(niceTop(730, 4)).toBe(800);
    expect(niceTop(801, 4)).toBe(1000);
    expect(niceTop(4, 4)).toBe(4);
    expect(niceTop(1, 4)).toBe(1);
    expect(niceTop(0, 4)).toBeGreaterThan(0);
  });
});
