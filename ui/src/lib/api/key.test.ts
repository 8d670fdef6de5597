import { afterEach, describe, expect, it, vi } from 'vitest';
import { freshKey, nextCommandKey } from './key';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('key', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('two_keys_are_never_the_same', () => {
    expect(freshKey()).not.toBe(freshKey());
  });

  it('a_page_without_a_secure_context_makes_keys_of_the_same_form', () => {
    const getRandomValues = crypto.getRandomValues.bind(crypto);
    vi.stubGlobal('crypto', { getRandomValues });
    expect(freshKey()).toMatch(UUID_V4);
    expect(freshKey()).not.toBe(freshKey());
  });

  it('commands_of_a_page_have_its_random_part_and_a_number_each', () => {
    const [page, number] = nextCommandKey().split('.');
    expect(page).toMatch(UUID_V4);
    expect(nextCommandKey()).toBe(`${page}.${Number(number) + 1}`);
  });
});
