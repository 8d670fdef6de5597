import { describe, expect, it } from 'vitest';
import type { LineView } from '$lib/api/schema';
import { allergiesTold, clashes, isAllergy, noteWithAllergies } from './allergy';

describe('a note', () => {
  it('is_an_allergy_however_it_was_written', () => {
    const written = [
      noteWithAllergies(['nuts'], ''),
      'ALLERGY: nuts',
      'guest is allergic to fish',
      'allergia alle noci',
      'coeliac!',
      'celiaco',
      'lactose intolerance',
      'حساسية من المكسرات',
    ];
    expect(written.filter((note) => !isAllergy(note))).toEqual([]);
  });

  it('of_another_kind_is_not', () => {
    expect(['no ice', 'well done', 'sauce on the side', 'بدون بصل'].filter(isAllergy)).toEqual([]);
  });
});

describe('the allergies of a seat', () => {
  const line = (seat: number | null, note: string, gone = false) =>
    ({ seat, note, void: gone ? { reason: '' } : null, moved_to: null }) as LineView;

  it('are_read_off_its_lines_once_each', () => {
    const lines = [
      line(1, 'ALLERGY nuts, milk'),
      line(1, 'ALLERGY nuts; no ice'),
      line(2, 'ALLERGY fish'),
      line(1, 'ALLERGY soy', true),
    ];
    expect(allergiesTold(lines, 1)).toEqual(['nuts', 'milk']);
    expect(allergiesTold(lines, null)).toEqual([]);
  });

  it('clash_with_what_the_food_contains', () => {
    expect(clashes(['nuts', 'fish'], ['gluten', 'nuts'])).toEqual(['nuts']);
  });
});
