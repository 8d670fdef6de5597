import { expect, it } from 'vitest';
import { likelyCurrency } from './currency';

it('guesses_a_currency_also_on_a_box_that_has_no_language', () => {
  expect(likelyCurrency('en-GB')).toBe('GBP');
  expect(likelyCurrency('ar')).toBe('EGP');
  for (const nothing of ['C', 'POSIX', '']) expect(likelyCurrency(nothing)).toBe('EUR');
});
