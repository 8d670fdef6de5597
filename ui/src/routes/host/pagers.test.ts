import { describe, expect, it } from 'vitest';
import type { CheckSummary, DeviceView, PagerView } from '$lib/api/schema';
import { numbersOf, waitingParties } from './pagers';

const check = (id: string, minute: number, table_id: string | null) =>
  ({ id, table_id, state: 'open', opened_at: `2026-11-21T18:0${minute}:00Z` }) as CheckSummary;
const base = (pagers_max: number) => ({ device: { pagers_max } }) as DeviceView;

describe('pagers', () => {
  it('are offered to who waits before who sits, and to nobody twice', () => {
    const checks = [
      check('sits', 4, 's1'),
      check('first', 1, null),
      check('last', 3, null),
      check('has', 2, null),
    ];
    const out = [{ number: 7, check_id: 'has' } as PagerView];
    expect(waitingParties(checks, out).map(({ id }) => id)).toEqual(['last', 'first', 'sits']);
  });

  it('are numbered from one to the most that a base reaches', () => {
    expect(numbersOf([base(2), base(3)])).toEqual([1, 2, 3]);
    expect(numbersOf([])).toEqual([]);
  });
});
