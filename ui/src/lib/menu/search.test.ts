import { describe, expect, it } from 'vitest';
import type { ItemView } from '$lib/api/schema';
import { searchItems } from '$lib/menu/search';

const item = (name: string) => ({ name, names: {}, sort: 0 }) as unknown as ItemView;
const found = (query: string, name: string) => searchItems([item(name)], query).length === 1;

describe('searching a menu in a script without spaces', () => {
  it('words_are_found_in_the_middle_at_the_end_and_in_another_order', () => {
    expect(found('鸡丁', '宫保鸡丁')).toBe(true);
    expect(found('豆腐 麻婆', '麻婆豆腐')).toBe(true);
    expect(found('ラーメン味噌', '味噌ラーメン')).toBe(true);
    expect(found('ﾗｰﾒﾝ', '味噌ラーメン')).toBe(true);
    expect(found('กุ้งผัดไทย', 'ผัดไทยกุ้งสด')).toBe(true);
  });

  it('one_dish_is_not_taken_for_another', () => {
    expect(found('牛肉', '宫保鸡丁')).toBe(false);
    expect(found('ขาว', 'ข้าวผัดไก่')).toBe(false);
    expect(found('が', 'かき')).toBe(false);
  });
});
