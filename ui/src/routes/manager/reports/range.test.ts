import { describe, expect, it } from 'vitest';
import { daysIn, rangeOf, spanOf, weekBefore } from './range';

const FRIDAY = '2026-11-20';

describe('a range of business dates', () => {
  it('a_week_begins_on_monday', () => {
    expect(rangeOf('week', FRIDAY)).toEqual({ from: '2026-11-16', to: FRIDAY });
    expect(rangeOf('week', '2026-11-22')).toEqual({ from: '2026-11-16', to: '2026-11-22' });
    expect(rangeOf('last_week', FRIDAY)).toEqual({ from: '2026-11-09', to: '2026-11-15' });
    expect(rangeOf('month', FRIDAY).from).toBe('2026-11-01');
  });

  it('is_compared_with_the_same_weekdays', () => {
    expect(weekBefore({ from: FRIDAY, to: FRIDAY })).toEqual({
      from: '2026-11-13',
      to: '2026-11-13',
    });
    const fortnight = weekBefore({ from: '2026-11-02', to: '2026-11-15' });
    expect(fortnight).toEqual({ from: '2026-10-19', to: '2026-11-01' });
    expect(daysIn(fortnight)).toBe(14);
  });

  it('knows_its_own_name', () => {
    expect(spanOf(rangeOf('yesterday', FRIDAY), FRIDAY)).toBe('yesterday');
    expect(spanOf({ from: '2026-11-03', to: '2026-11-04' }, FRIDAY)).toBeNull();
  });
});
