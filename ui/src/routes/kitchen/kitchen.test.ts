import { describe, expect, it } from 'vitest';
import type { TicketLineView, TicketView } from '$lib/api/schema';
import { passesOf } from '../expo/passes';
import { ageOf, allDayCounts, inCookingOrder } from './age';

const line = (name: string, extra: Partial<TicketLineView> = {}) =>
  ({
    id: name,
    name,
    quantity: 1,
    modifiers: [],
    progress: 'fired',
    voided: false,
    ...extra,
  }) as TicketLineView;

const ticket = (id: string, extra: Partial<TicketView> = {}) =>
  ({
    id,
    check_id: 'c',
    course: 1,
    kind: 'fire',
    state: 'open',
    rush: false,
    station: id,
    fired_at: '2025-01-01T12:00:00Z',
    prep_secs: 600,
    lines: [line('Soup')],
    ...extra,
  }) as TicketView;

describe('kitchen', () => {
  it('age_is_measured_against_the_tickets_own_prep_time', () => {
    expect(ageOf(ticket('a'), 100)).toBe('fresh');
    expect(ageOf(ticket('a'), 420)).toBe('due');
    expect(ageOf(ticket('a'), 600)).toBe('late');
    expect(ageOf(ticket('a', { prep_secs: 60 }), 100)).toBe('late');
  });

  it('rush_first_then_oldest_then_held', () => {
    const order = inCookingOrder([
      ticket('held', { kind: 'held', fired_at: '2025-01-01T11:00:00Z' }),
      ticket('new', { fired_at: '2025-01-01T12:05:00Z' }),
      ticket('old'),
      ticket('rush', { rush: true, fired_at: '2025-01-01T12:09:00Z' }),
    ]);
    expect(order.map(({ id }) => id)).toEqual(['rush', 'old', 'new', 'held']);
  });

  it('all_day_leaves_out_what_is_void_ready_or_held', () => {
    const counts = allDayCounts([
      ticket('a', {
        lines: [
          line('Soup', { quantity: 2, modifiers: ['Hot'] }),
          line('Fish', { voided: true }),
          line('Steak', { progress: 'ready' }),
        ],
      }),
      ticket('b', { kind: 'held' }),
      ticket('c'),
    ]);
    expect(counts).toEqual([
      { name: 'Soup', quantity: 3, modifiers: [{ name: 'Hot', quantity: 2 }] },
    ]);
  });
});

describe('expo', () => {
  it('a_course_is_ready_when_every_station_is', () => {
    const grill = ticket('grill', { lines: [line('Steak', { progress: 'ready' })] });
    const [waiting] = passesOf([grill, ticket('pizza')]);
    expect(waiting).toMatchObject({ ready: false, waitingFor: ['pizza'] });
    const [ready] = passesOf([grill, ticket('pizza', { state: 'bumped' })]);
    expect(ready).toMatchObject({ ready: true, waitingFor: [] });
  });

  it('what_was_served_leaves_the_pass', () => {
    expect(passesOf([ticket('a', { lines: [line('Soup', { progress: 'served' })] })])).toEqual([]);
  });
});
