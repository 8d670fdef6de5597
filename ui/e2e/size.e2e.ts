// What each station weighs on the wire, against its budget.

import { describe, expect, test } from 'vitest';
import { BUDGETS, Sizes } from '../scripts/sizes';

describe('a station is light', () => {
  test.each(Object.entries(BUDGETS))('%s', (page, bytesMax) => {
    expect(new Sizes().gzipOf(page)).toBeLessThanOrEqual(bytesMax);
  });
});
