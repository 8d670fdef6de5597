import { describe, expect, it } from 'vitest';
import type { CheckView, ItemView, LineView } from '$lib/api/schema';
import { groupByCourse } from './courses';
import { lastHad, orderAgain, unitsOf } from './again';

const line = (id: string, part: Partial<LineView> = {}) =>
  ({
    id,
    item_id: `item-${id}`,
    name: id,
    quantity: 1,
    seat: null,
    course: 1,
    modifiers: [],
    note: '',
    progress: 'fired',
    ordered_at: '2026-11-21T20:00:00Z',
    void: null,
    moved_to: null,
    replaces: null,
    ...part,
  }) as LineView;

const check = (...lines: LineView[]) => ({ lines }) as CheckView;
const ids = (lines: LineView[]) => lines.map(({ id }) => id);
const voided = { reason: '', by: '', at: '' } as LineView['void'];

describe('what a party had last', () => {
  it('is_what_this_pad_sent_last_as_far_as_it_stands', () => {
    const now = check(line('beer'), line('wine'), line('gone', { void: voided }), line('water'));
    expect(ids(lastHad(now, ['wine', 'gone']))).toEqual(['wine']);
  });

  it('on_a_pad_that_sent_nothing_is_what_was_ordered_together_last', () => {
    const early = { ordered_at: '2026-11-21T19:30:00Z' };
    const now = check(line('starter', early), line('beer'), line('wine'));
    expect(ids(lastHad(now, []))).toEqual(['beer', 'wine']);
  });

  it('is_not_what_waits_on_hold', () => {
    const now = check(line('beer'), line('steak', { progress: 'held' }));
    expect(ids(lastHad(now, ['beer', 'steak']))).toEqual(['beer']);
    expect(ids(lastHad(now, []))).toEqual(['beer']);
  });

  it('has_nothing_that_was_not_sent', () => {
    expect(lastHad(check(line('beer', { progress: 'new' })), [])).toEqual([]);
    expect(lastHad(check(), [])).toEqual([]);
  });
});

describe('the same again', () => {
  const items = new Map(
    ['beer', 'wine', 'off'].map((id) => [
      `item-${id}`,
      { available: id !== 'off', remaining: id === 'wine' ? 1 : null } as ItemView,
    ]),
  );

  it('keeps_seat_course_modifiers_and_note', () => {
    const modifiers = [{ id: 'ice', name: 'Ice' }] as LineView['modifiers'];
    const had = [line('beer', { seat: 2, course: 3, note: 'ALLERGY nuts', modifiers })];
    expect(orderAgain(had, items).lines).toEqual([
      {
        item_id: 'item-beer',
        quantity: 1,
        seat: 2,
        course: 3,
        modifiers: ['ice'],
        note: 'ALLERGY nuts',
      },
    ]);
  });

  it('says_of_an_open_item_what_was_said_of_it_without_its_modifiers', () => {
    const modifiers = [{ id: 'ice', name: 'Ice', price_minor: 50 }] as LineView['modifiers'];
    const cask = { name: 'Cask ale', open: true, unit_price_minor: 650, modifiers };
    expect(orderAgain([line('beer', cask)], items).lines[0]!.open).toEqual({
      name: 'Cask ale',
      price_minor: 600,
    });
  });

  it('leaves_out_what_is_86_or_counted_down_and_says_so', () => {
    const had = [line('beer', { quantity: 2 }), line('off'), line('wine'), line('wine')];
    const { lines, missing } = orderAgain(had, items);
    expect(unitsOf(lines)).toBe(3);
    expect(ids(missing)).toEqual(['off', 'wine']);
  });
});

describe('the lines of a check', () => {
  it('a_changed_line_stands_where_the_old_one_stood', () => {
    const now = check(
      line('a', { progress: 'new', void: voided }),
      line('b'),
      line('c', { replaces: 'a' }),
    );
    expect(groupByCourse(now).flatMap((group) => ids(group.lines))).toEqual(['c', 'b']);
  });

  it('what_was_taken_off_unsent_or_moved_away_is_for_the_history', () => {
    const now = check(
      line('unsent', { progress: 'new', void: voided }),
      line('moved', { moved_to: 'other' }),
      line('sent', { void: voided }),
    );
    expect(groupByCourse(now).flatMap((group) => ids(group.lines))).toEqual(['sent']);
  });
});
