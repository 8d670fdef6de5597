import { describe, expect, it } from 'vitest';
import { hourSpan } from './hours';

describe('the hours of a trading day', () => {
  it('go_on_past_midnight_with_the_quiet_ones_between', () => {
    expect(hourSpan([1, 16, 23], 4)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 0, 1]);
  });

  it('are_more_than_the_one_that_has_sold', () => {
    expect(hourSpan([20], 4)).toEqual([20, 21, 22, 23, 0, 1, 2, 3]);
    expect(hourSpan([3], 4)).toEqual([20, 21, 22, 23, 0, 1, 2, 3]);
    expect(hourSpan([], 4)).toEqual([]);
  });
});
