import { expect, test } from 'vitest';
import { keyName, taughtKey } from './keys';

test('a key does one thing, and what is taught takes the place of what was there', () => {
  const keys = taughtKey(
    [
      { code: 13, does: 'bump' },
      { code: 49, does: 'at1' },
    ],
    49,
    'bump',
  );
  expect(keys).toEqual([{ code: 49, does: 'bump' }]);
});

test('a key is called by what is printed on it', () => {
  expect([13, 49, 114, 300].map(keyName)).toEqual(['⏎', '1', 'R', '#300']);
});
