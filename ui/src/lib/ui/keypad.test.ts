import { describe, expect, it } from 'vitest';
import { pressed, share, type PadKey } from './keypad';

const typed = (...keys: PadKey[]) => keys.reduce(pressed, 0);

describe('keypad', () => {
  it('digits_come_in_from_the_right', () => {
    expect(typed('1', '2', '5', '0')).toBe(1250);
    expect(typed('2', '00')).toBe(200);
  });

  it('erase_takes_the_last_digit_and_clear_takes_all', () => {
    expect(typed('1', '2', 'erase')).toBe(1);
    expect(typed('erase')).toBe(0);
    expect(typed('1', '2', 'clear')).toBe(0);
  });

  it('an_amount_has_a_limit', () => {
    const full = typed('9', '9', '9', '9', '9', '9', '9', '9');
    expect(full).toBe(99_999_999);
    expect(pressed(full, '1')).toBe(full);
    expect(pressed(full, '00')).toBe(full);
  });

  it('a_share_is_whole_minor_units', () => {
    expect(share(1730, 1000)).toBe(173);
    expect(share(1735, 1000)).toBe(174);
  });
});
