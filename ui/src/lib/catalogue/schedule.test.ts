import { describe, expect, it } from 'vitest';
import type { PriceSchedule } from './entities';
import { problemsOf, weekOf } from './schedule';

const schedule = (fields: Partial<PriceSchedule>): PriceSchedule => ({
  name: 'Happy hour',
  weekdays: [5],
  from: '17:00:00',
  to: '19:00:00',
  price: 500,
  ...fields,
});

describe('schedule', () => {
  it('a_price_past_midnight_goes_on_in_the_next_day', () => {
    expect(weekOf([schedule({ weekdays: [7], from: '22:00:00', to: '01:00:00' })])).toEqual([
      { schedule: 0, weekday: 7, from: 1320, to: 1440 },
      { schedule: 0, weekday: 1, from: 0, to: 60 },
    ]);
  });

  it('until_midnight_is_the_same_day', () => {
    expect(weekOf([schedule({ from: '22:00:00', to: '00:00:00' })])).toEqual([
      { schedule: 0, weekday: 5, from: 1320, to: 1440 },
    ]);
  });

  it('no_days_means_every_day', () => {
    expect(weekOf([schedule({ weekdays: [] })]).map(({ weekday }) => weekday)).toEqual([
      1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  it('the_first_that_holds_wins_and_the_later_is_cut', () => {
    const week = weekOf([schedule({}), schedule({ from: '16:00:00', to: '20:00:00' })]);
    expect(week.map(({ schedule, from, to }) => [schedule, from, to])).toEqual([
      [0, 1020, 1140],
      [1, 960, 1020],
      [1, 1140, 1200],
    ]);
  });

  it('oddities_are_told_schedule_by_schedule', () => {
    const all = [
      schedule({}),
      schedule({ from: '17:30:00', to: '18:00:00' }),
      schedule({ from: '18:00:00', to: '20:00:00', price: 700, name: ' ' }),
      schedule({ weekdays: [1], from: '09:00:00', to: '09:00:00' }),
    ];
    expect(problemsOf(all, 700)).toEqual([
      [],
      ['hidden'],
      ['unnamed', 'overlaps', 'same'],
      ['wholeDay'],
    ]);
  });
});
