import { describe, expect, it } from 'vitest';
import { actionOf, factoryKeys, keyActions, keyLabel, placeOf, readKeys, taught } from './keymap';

describe('the keys of a bump bar', () => {
  it('digits_choose_enter_bumps_and_r_recalls', () => {
    expect(actionOf(factoryKeys, 'Digit3')).toBe('at3');
    expect(actionOf(factoryKeys, 'Numpad0')).toBe('at10');
    expect(actionOf(factoryKeys, 'Enter')).toBe('bump');
    expect(actionOf(factoryKeys, 'KeyR')).toBe('recall');
    expect(actionOf(factoryKeys, 'KeyQ')).toBeUndefined();
  });

  it('a_key_does_one_thing', () => {
    const all = keyActions.flatMap((action) => factoryKeys[action]);
    expect(new Set(all).size).toBe(all.length);
    const map = taught(factoryKeys, 'at1', 'Enter');
    expect(actionOf(map, 'Enter')).toBe('at1');
    expect(map.bump).not.toContain('Enter');
  });

  it('what_is_taught_takes_the_place_of_what_was_there', () => {
    const map = taught(factoryKeys, 'recall', 'F5');
    expect(map.recall).toEqual(['F5']);
    expect(actionOf(map, 'KeyR')).toBeUndefined();
  });

  it('a_position_is_counted_from_the_first_ticket_in_sight', () => {
    expect([placeOf('at1'), placeOf('at10'), placeOf('bump')]).toEqual([0, 9, null]);
  });

  it('a_kept_map_is_read_back_and_nonsense_is_not', () => {
    const map = taught(factoryKeys, 'bump', 'F1');
    expect(readKeys(JSON.stringify(map))).toEqual(map);
    for (const nonsense of [null, '', 'x', '[]', 'null', '{"bump":7,"rush":[1]}'])
      expect(readKeys(nonsense)).toEqual(factoryKeys);
  });

  it('a_key_is_called_what_is_printed_on_it', () => {
    expect(['KeyR', 'Digit1', 'Numpad7', 'ArrowLeft', 'F5'].map(keyLabel)).toEqual([
      'R',
      '1',
      'Num 7',
      '←',
      'F5',
    ]);
  });
});
