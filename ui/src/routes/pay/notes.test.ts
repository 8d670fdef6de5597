import { describe, expect, it } from 'vitest';
import { likelyCash } from './notes';

const euro = { code: 'EUR', exponent: 2 };

describe('likely cash', () => {
  it('is_what_notes_can_make_next_above_the_due', () => {
    expect(likelyCash(1730, euro)).toEqual([2000, 5000, 10_000, 20_000]);
    expect(likelyCash(6340, euro)).toEqual([6500, 7000, 8000, 10_000]);
  });

  it('never_offers_the_exact_amount_again', () => {
    expect(likelyCash(2000, euro)).toEqual([5000, 10_000, 20_000]);
    expect(likelyCash(0, euro)).toEqual([]);
  });

  it('knows_the_notes_of_a_currency', () => {
    expect(likelyCash(1730, { code: 'USD', exponent: 2 })).toEqual([1800, 2000, 5000, 10_000]);
    expect(likelyCash(1730, { code: 'JPY', exponent: 0 })).toEqual([2000, 5000, 10_000]);
    expect(likelyCash(4630, { code: 'KWD', exponent: 3 })).toEqual([4750, 5000, 10_000, 20_000]);
  });

  it('of_a_currency_it_does_not_know_is_in_round_amounts', () => {
    expect(likelyCash(1730, { code: 'XTS', exponent: 2 })).toEqual([1800, 2000, 5000, 10_000]);
    expect(likelyCash(1730, { code: 'KRW', exponent: 0 })).toEqual([1800, 2000, 5000, 10_000]);
  });
});
