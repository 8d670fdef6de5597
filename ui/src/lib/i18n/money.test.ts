import { describe, expect, it } from 'vitest';
import { formatAmount, formatMoney } from './money';

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
});
