import { describe, expect, it } from 'vitest';
import type { TicketLineView, TicketView } from '$lib/api/schema';
import { passesOf } from '../expo/passes';
import { ageAt, ageOf, inCookingOrder } from './age';
import { allDayCounts, isShown } from './allDay';
import { newsOf, told } from './news';
import { quantityOf, together } from './together';

const line = (name: string, extra: Partial<TicketLineView> = {}) =>
  ({
    id: name,
    name,
    quantity: 1,
    modifiers: [],
    progress: 'fired',
    voided: false,
    replaces: null,
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
    bumped_at: null,
    lines: [line('Soup')],
    ...extra,
  }) as TicketView;

describe('kitchen', () => {
  it('the_same_dish_made_the_same_way_stands_once', () => {
    const pizza = (id: string, extra: Partial<TicketLineView> = {}) =>
      line('Margherita', { id, ...extra });
    const batches = together([
      pizza('a', { quantity: 2 }),
      line('Soup'),
      pizza('b'),
      pizza('thin', { modifiers: ['Thin'] }),
      pizza('other', { seat: 2 }),
      pizza('ready', { progress: 'ready' }),
      pizza('not', { voided: true }),
      pizza('instead', { replaces: 'x' }),
    ]);
    expect(batches.map((batch) => [batch[0].id, quantityOf(batch)])).toEqual([
      ['a', 3],
      ['Soup', 1],
      ['thin', 1],
      ['other', 1],
      ['ready', 1],
      ['not', 1],
      ['instead', 1],
    ]);
  });

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

  it('a_whole_second_is_before_its_own_fractions', () => {
    const order = inCookingOrder([
      ticket('later', { fired_at: '2025-01-01T12:00:00.123Z' }),
      ticket('earlier', { fired_at: '2025-01-01T12:00:00.12Z' }),
      ticket('first', { fired_at: '2025-01-01T12:00:00Z' }),
    ]);
    expect(order.map(({ id }) => id)).toEqual(['first', 'earlier', 'later']);
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
    expect(counts).toEqual([{ name: 'Soup', quantity: 3, within: [{ name: 'Hot', quantity: 2 }] }]);
  });

  it('all_day_is_also_counted_by_modifier', () => {
    const lines = [
      line('Soup', { quantity: 2, modifiers: ['Hot'] }),
      line('Fish', { id: 'f', modifiers: ['Hot', 'No salt'] }),
    ];
    expect(allDayCounts([ticket('a', { lines })], 'modifier')).toEqual([
      {
        name: 'Hot',
        quantity: 3,
        within: [
          { name: 'Soup', quantity: 2 },
          { name: 'Fish', quantity: 1 },
        ],
      },
      { name: 'No salt', quantity: 1, within: [{ name: 'Fish', quantity: 1 }] },
    ]);
  });

  it('a_filter_shows_only_what_is_still_to_be_made', () => {
    const hot = { by: 'modifier', name: 'Hot' } as const;
    expect(isShown(line('Soup', { modifiers: ['Hot'] }), hot)).toBe(true);
    expect(isShown(line('Soup', { modifiers: ['Hot'], voided: true }), hot)).toBe(false);
    expect(isShown(line('Soup'), { by: 'item', name: 'Soup' })).toBe(true);
    expect(isShown(line('Soup', { progress: 'ready' }), { by: 'item', name: 'Soup' })).toBe(false);
  });

  it('a_line_is_as_old_as_its_own_prep_time_says', () => {
    expect([ageAt(69, 100), ageAt(70, 100), ageAt(100, 100)]).toEqual(['fresh', 'due', 'late']);
  });
});

describe('what is new', () => {
  it('nothing_is_on_a_screen_that_has_just_opened', () => {
    expect(newsOf(null, [ticket('a')])).toEqual({ fresh: [], changed: [] });
  });

  it('a_new_ticket_and_a_void_on_an_old_one_are', () => {
    const before = told([ticket('a'), ticket('b')]);
    const voided = ticket('b', { lines: [line('Soup', { voided: true })] });
    const news = newsOf(before, [ticket('a'), voided, ticket('c')]);
    expect(news.fresh.map(({ id }) => id)).toEqual(['c']);
    expect(news.changed.map(({ id }) => id)).toEqual(['b']);
  });

  it('progress_is_not', () => {
    const before = told([ticket('a')]);
    const started = ticket('a', { lines: [line('Soup', { progress: 'started' })] });
    expect(newsOf(before, [started])).toEqual({ fresh: [], changed: [] });
  });
});

describe('expo', () => {
  it('a_course_is_ready_when_every_station_is', () => {
    const grill = ticket('grill', { lines: [line('Steak', { progress: 'ready' })] });
    const [waiting] = passesOf([grill, ticket('pizza')]);
    expect(waiting).toMatchObject({
      ready: false,
      readySince: null,
      waitingFor: [{ station: 'pizza', quantity: 1 }],
    });
    const bumped_at = '2025-01-01T12:10:00Z';
    const [ready] = passesOf([grill, ticket('pizza', { state: 'bumped', bumped_at })]);
    expect(ready).toMatchObject({ ready: true, readySince: bumped_at, waitingFor: [] });
  });

  it('a_pass_that_nothing_happened_to_stays_the_same_object', () => {
    const [a, b] = [ticket('a', { check_id: 'a' }), ticket('b', { check_id: 'b' })];
    const before = passesOf([a, b]);
    const after = passesOf([a, { ...b, rush: true }], before);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  it('what_was_served_leaves_the_pass', () => {
    expect(passesOf([ticket('a', { lines: [line('Soup', { progress: 'served' })] })])).toEqual([]);
  });
});
