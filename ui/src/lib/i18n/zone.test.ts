import { describe, expect, it } from 'vitest';
import { instantIn, localIn } from './zone';

const ROME = 'Europe/Rome';
const iso = (local: string, zone = ROME) => instantIn(local, zone).toISOString();

describe("the venue's clock", () => {
  it('reads_a_local_time_in_the_zone_of_the_venue', () => {
    expect(iso('2026-11-20T19:30')).toBe('2026-11-20T18:30:00.000Z');
    expect(iso('2026-07-20T19:30')).toBe('2026-07-20T17:30:00.000Z');
    expect(iso('2026-11-20T19:30', 'Asia/Kathmandu')).toBe('2026-11-20T13:45:00.000Z');
    expect(iso('2026-11-20T19:30', 'America/New_York')).toBe('2026-11-21T00:30:00.000Z');
  });

  it('takes_the_first_of_two_and_goes_on_after_a_gap', () => {
    expect(iso('2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z');
    expect(iso('2026-03-29T02:30')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('writes_what_it_reads', () => {
    for (const local of ['2026-11-20T19:30', '2026-03-29T03:00', '2026-10-25T03:15'])
      expect(localIn(instantIn(local, ROME), ROME)).toBe(local);
  });
});
