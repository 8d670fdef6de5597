import { describe, expect, it } from 'vitest';
import type { TableView } from '$lib/api/schema';
import { freeAtMs, turnMinutes } from './turn';

const turns = [
  { covers_max: 2, minutes: 75 },
  { covers_max: 6, minutes: 120 },
];
const seatedAt = '2025-01-01T19:00:00Z';
const tableOf = (...covers: number[]) =>
  ({
    checks: covers.map((count) => ({
      opened_at: seatedAt,
      covers: count,
      total_minor: 0,
      paid_minor: 0,
      server: { name: 'Ada' },
    })),
  }) as unknown as TableView;

describe('turn times', () => {
  it('the_first_size_that_a_party_fits_counts_and_the_last_for_all_larger_ones', () => {
    expect([1, 2, 3, 6, 11].map((covers) => turnMinutes(turns, covers))).toEqual([
      75, 75, 120, 120, 120,
    ]);
    expect(turnMinutes([], 2)).toBe(120);
  });

  it('a_table_is_free_again_when_everybody_at_it_is_expected_to_go', () => {
    expect(freeAtMs(tableOf(2, 2), turns)).toBe(Date.parse('2025-01-01T21:00:00Z'));
    expect(freeAtMs(tableOf(), turns)).toBeNull();
  });
});
