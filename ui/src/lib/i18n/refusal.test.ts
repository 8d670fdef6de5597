import { beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '$lib/api/problem';
import { i18n } from './i18n.svelte';
import { refusalWords } from './refusal';

const gone = new Problem(
  409,
  'The item is not available',
  'Diavola is not available',
  'eighty-sixed',
  {
    item: 'Diavola',
  },
);

describe('why the hub said no', () => {
  it('names_the_dish_in_english_as_the_hub_does', () => {
    expect(refusalWords(gone).detail).toBe('Diavola is not available');
  });

  describe('in arabic', () => {
    beforeAll(() => i18n.use('ar'));

    it('names_the_dish_beside_the_reason', () => {
      expect(refusalWords(gone).title).toContain('\u2068Diavola\u2069');
    });

    it('says_the_reason_alone_where_it_is_about_no_dish', () => {
      const closed = new Problem(409, 'The trading day is closed', '', 'day-closed', {});
      expect(refusalWords(closed).title).toBe('يوم العمل مغلق');
    });
  });
});
