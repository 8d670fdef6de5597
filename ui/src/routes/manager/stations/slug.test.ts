import { describe, expect, it } from 'vitest';
import { slugOf } from './slug';

describe('slug', () => {
  it('a_name_becomes_what_an_address_can_hold', () => {
    expect(slugOf('Pass & grill')).toBe('pass-grill');
    expect(slugOf(' Crêperie ')).toBe('creperie');
    expect(slugOf('مشاوي')).toBe('');
  });
});
