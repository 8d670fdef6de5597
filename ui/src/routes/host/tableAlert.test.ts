import { describe, expect, it } from 'vitest';
import type { CheckSummary, TableView } from '$lib/api/schema';
import { alertOf, alertedTables } from './tableAlert';
import { found } from './tableLook';

const OPENED = '2025-01-01T12:00:00Z';
const after = (minutes: number) => Date.parse(OPENED) + minutes * 60_000;

const check = (extra: Partial<CheckSummary> = {}) =>
  ({
    id: 'c',
    number: '12',
    name: '',
    opened_at: OPENED,
    covers: 2,
    total_minor: 0,
    paid_minor: 0,
    due_minor: 0,
    unsent_lines: 0,
    untipped_cards: 0,
    courses: [],
    server: { id: 'anna', name: 'Anna Bruni' },
    ...extra,
  }) as unknown as CheckSummary;

const table = (name: string, ...checks: CheckSummary[]) =>
  ({ id: name, name, state: checks.length ? 'seated' : 'free', checks }) as TableView;

const served = { courses: [{ course: 1, progress: 'served' }] } as Partial<CheckSummary>;

describe('what a host must look at', () => {
  it('a_party_that_nobody_asked_for_ten_minutes', () => {
    expect(alertOf(table('S1', check()), after(9))).toBeNull();
    expect(alertOf(table('S1', check()), after(10))).toBe('unordered');
  });

  it('a_party_that_paid_and_still_sits', () => {
    const paid = check({ ...served, total_minor: 100, paid_minor: 100 });
    expect(alertOf(table('S1', paid), after(30))).toBe('paid');
  });

  it('a_table_long_occupied', () => {
    const eaten = check({ ...served, total_minor: 100, due_minor: 100 });
    expect(alertOf(table('S1', eaten), after(119))).toBeNull();
    expect(alertOf(table('S1', eaten), after(120))).toBe('long');
    const turns = [{ covers_max: 2, minutes: 75 }];
    expect(alertOf(table('S1', eaten), after(74), turns)).toBeNull();
    expect(alertOf(table('S1', eaten), after(75), turns)).toBe('long');
  });

  it('two_servers_at_one_table_are_a_double_seat_and_one_server_is_not', () => {
    const other = check({ id: 'd', server: { id: 'marco', name: 'Marco' } as never });
    expect(alertOf(table('S1', check(), other), after(1))).toBe('shared');
    expect(alertOf(table('S1', check(), check({ id: 'd' })), after(1))).toBeNull();
  });

  it('the_most_urgent_comes_first', () => {
    const dirty = { ...table('S2'), state: 'dirty' } as TableView;
    const list = alertedTables([dirty, table('S3'), table('S1', check())], after(15));
    expect(list.map(({ table: { name }, alert }) => [name, alert])).toEqual([
      ['S1', 'unordered'],
      ['S2', 'dirty'],
    ]);
  });
});

describe('searching the floor', () => {
  it('finds_by_table_server_guest_and_check', () => {
    const one = table('S14', check({ name: 'Rossi' }));
    for (const words of ['s14', ' anna', 'ROSSI', '12']) expect(found(one, words)).toBe(true);
    expect(found(one, 'marco')).toBe(false);
  });
});
