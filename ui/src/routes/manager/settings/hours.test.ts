import { describe, expect, it } from 'vitest';
import { isOn, stretchesOf, withDay } from './hours';

const dinner = { name: 'Dinner', weekdays: [5, 7], from: '18:30:00', to: '01:00:00' };

describe('opening hours', () => {
  it('a_service_past_midnight_goes_on_in_the_morning_after', () => {
    expect(stretchesOf([dinner])).toEqual([
      { weekday: 5, from: 1110, to: 1440, service: 0 },
      { weekday: 6, from: 0, to: 60, service: 0 },
      { weekday: 7, from: 1110, to: 1440, service: 0 },
      { weekday: 1, from: 0, to: 60, service: 0 },
    ]);
  });

  it('every_day_is_written_as_no_day', () => {
    const daily = { ...dinner, weekdays: [] };
    expect(stretchesOf([{ ...daily, to: '23:00:00' }])).toHaveLength(7);
    expect(withDay(daily, 1).weekdays).toEqual([2, 3, 4, 5, 6, 7]);
    expect(withDay(withDay(daily, 1), 1).weekdays).toEqual([]);
    expect(isOn(daily, 3)).toBe(true);
  });

  it('a_service_keeps_at_least_one_day', () => {
    const friday = { ...dinner, weekdays: [5] };
    expect(withDay(friday, 5)).toEqual(friday);
  });
});
