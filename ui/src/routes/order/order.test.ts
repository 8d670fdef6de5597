import { describe, expect, it } from 'vitest';
import type { ItemView, ModifierGroupView } from '$lib/api/schema';
import { isComplete, toggled } from '$lib/menu/choice';
import { folded, searchItems } from '$lib/menu/search';
import { noteWithAllergies, splitNote } from './allergy';

const group = (min: number, max: number) =>
  ({
    id: 'g',
    min,
    max,
    modifiers: ['a', 'b', 'c'].map((id) => ({ id })),
  }) as ModifierGroupView;

const item = (name: string, names: Record<string, string> = {}) =>
  ({ id: name, name, names, sort: 0 }) as ItemView;

describe('modifiers', () => {
  it('in_a_group_of_one_the_new_pick_replaces_the_old', () => {
    expect(toggled(group(1, 1), ['a', 'other'], 'b')).toEqual(['other', 'b']);
  });

  it('a_full_group_takes_no_more', () => {
    expect(toggled(group(0, 2), ['a', 'b'], 'c')).toEqual(['a', 'b']);
  });

  it('a_group_is_complete_between_its_min_and_max', () => {
    expect(isComplete(group(1, 2), [])).toBe(false);
    expect(isComplete(group(1, 2), ['a'])).toBe(true);
  });
});

describe('search', () => {
  it('accents_and_arabic_letter_forms_do_not_matter', () => {
    expect(folded('Ragù')).toBe('ragu');
    expect(folded('أرزّ')).toBe(folded('ارز'));
    expect(searchItems([item('Tiramisù', { ar: 'تيراميسو' })], 'tiramisu')).toHaveLength(1);
  });

  it('a_name_that_begins_with_the_query_comes_first', () => {
    const found = searchItems([item('Spicy pizza'), item('Pizza bianca')], 'piz');
    expect(found.map(({ name }) => name)).toEqual(['Pizza bianca', 'Spicy pizza']);
  });
});

describe('allergy note', () => {
  it('allergies_come_first_and_the_rest_is_kept', () => {
    const note = noteWithAllergies(['Nuts', 'Milk'], 'no ice');
    expect(note).toBe('ALLERGY Nuts, Milk; no ice');
    expect(splitNote(note)).toEqual({ allergies: ['Nuts', 'Milk'], text: 'no ice' });
    expect(noteWithAllergies([], 'no ice')).toBe('no ice');
  });
});
