import { describe, expect, it } from 'vitest';
import { ar } from './ar';
import { fill, type Key, type Message } from './catalogue';
import { en } from './en';

const forms = (message: Message) =>
  typeof message === 'string' ? [message] : Object.values(message);
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
const keys = Object.keys(en) as Key[];

describe('catalogue', () => {
  it('arabic_has_every_message_and_no_other', () => {
    expect(Object.keys(ar).sort()).toEqual([...keys].sort());
  });

  it('no_message_is_empty_or_left_in_english', () => {
    const same = keys.filter(
      (key) =>
        forms(ar[key]).some((text) => text === '') || forms(ar[key])[0] === forms(en[key])[0],
    );
    expect(same.filter((key) => /[a-z]/i.test(forms(en[key])[0]!.replace(/\{\w+\}/g, '')))).toEqual(
      [],
    );
  });

  it('translations_use_only_placeholders_of_the_original', () => {
    for (const key of keys) {
      const known = new Set(forms(en[key]).flatMap(names));
      for (const text of forms(ar[key])) {
        for (const name of names(text)) expect(known, `${key}: ${name}`).toContain(name);
      }
    }
  });

  it('an_arabic_plural_says_two_and_few_and_other', () => {
    for (const key of keys) {
      const message: Message = ar[key];
      if (typeof message === 'string') continue;
      expect(Object.keys(message), key).toEqual(expect.arrayContaining(['two', 'few', 'other']));
    }
  });

  it('a_plural_is_chosen_by_n', () => {
    const plural = new Intl.PluralRules('ar');
    expect(fill(ar['host.seats'], { n: 2 }, plural)).toBe('مقعدان');
    expect(fill(ar['host.seats'], { n: 5 }, plural)).toBe('5 مقاعد');
    expect(fill(ar['host.seats'], { n: 15 }, plural)).toBe('15 مقعدًا');
  });
});
