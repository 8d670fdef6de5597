import { describe, expect, it } from 'vitest';
import { formatAmount, formatMoney, parseAmount, typedAmount } from './money';

const euro = { locale: 'en-GB', currency: 'EUR', exponent: 2 };

describe('money', () => {
  it('minor_units_are_written_with_the_currencys_exponent', () => {
    expect(formatMoney(123456, euro)).toBe('€1,234.56');
    expect(formatMoney(1234, { locale: 'en-GB', currency: 'JPY', exponent: 0 })).toBe('¥1,234');
    expect(formatMoney(1234, { locale: 'en-GB', currency: 'KWD', exponent: 3 })).toMatch(/1\.234$/);
  });

  it('zero_and_less_than_zero_are_written_in_full', () => {
    expect(formatMoney(0, euro)).toBe('€0.00');
    expect(formatMoney(-5, euro)).toBe('-€0.05');
  });

  it('no_cent_is_lost_on_large_amounts', () => {
    expect(formatAmount(99_999_999_999, euro)).toBe('999,999,999.99');
    expect(formatAmount(29, euro)).toBe('0.29');
  });

  it('arabic_uses_western_digits', () => {
    expect(formatMoney(1250, { ...euro, locale: 'ar-u-nu-latn' })).toContain('12.50');
  });

  it('an_amount_is_read_as_people_type_it', () => {
    expect(
      ['7', '7.5', '7,50', ' 12.00 ', '٧٫٥', '-1'].map((text) => parseAmount(text, 2)),
    ).toEqual([700, 750, 750, 1200, 750, -100]);
    expect([parseAmount('700', 0), parseAmount('1.250', 3)]).toEqual([700, 1250]);
  });

  it('what_is_no_amount_is_never_guessed', () => {
    for (const text of ['', 'x', '7.505', '1.2.3', '1,000.00', '--1', '1e3'])
      expect(parseAmount(text, 2), text).toBeNull();
    expect(parseAmount('7.5', 0)).toBeNull();
  });

  it('an_amount_to_type_over_reads_back_as_itself', () => {
    for (const minor of [0, 5, 1234, -700])
      expect(parseAmount(typedAmount(minor, 2), 2)).toBe(minor);
  });
});
