import { describe, expect, it } from 'vitest';
import { isAllergy, noteWithAllergies } from './allergy';

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
