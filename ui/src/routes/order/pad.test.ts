import { afterEach, describe, expect, it } from 'vitest';
import type { CheckView, LineView } from '$lib/api/schema';
import { live } from '$lib/live/live.svelte';
import { OrderPad } from './pad.svelte';

const line = (id: string, seat: number | null, note: string, progress = 'new') =>
  ({ id, seat, note, progress, void: null, moved_to: null, replaces: null }) as LineView;

function padWith(...lines: LineView[]): OrderPad {
  live.whole.held.set('c', { id: 'c', lines } as CheckView);
  return new OrderPad('c');
}

describe('the allergies a pad knows', () => {
  afterEach(() => void live.whole.held.delete('c'));

  it('are_those_on_the_lines_of_the_seat_until_it_is_told_better', () => {
    const pad = padWith(line('a', 1, 'ALLERGY nuts'));
    expect(pad.allergiesOf(1)).toEqual(['nuts']);
    pad.remember(1, ['nuts', 'milk']);
    expect(pad.allergiesOf(1)).toEqual(['nuts', 'milk']);
    expect(pad.allergiesOf(2)).toEqual([]);
  });

  it('of_every_seat_are_told_with_what_everybody_shares', () => {
    const pad = padWith(line('a', 1, 'ALLERGY nuts'), line('b', 2, 'ALLERGY fish, nuts'));
    expect(pad.mustKnow(null).toSorted()).toEqual(['fish', 'nuts']);
    expect(pad.mustKnow(2)).toEqual(['fish', 'nuts']);
  });

  it('of_a_seat_do_not_become_everybodys_because_a_shared_line_says_them', () => {
    const pad = padWith(line('a', 1, 'ALLERGY nuts'), line('s', null, 'ALLERGY nuts, soy'));
    expect(pad.allergiesOf(null)).toEqual(['soy']);
    expect(pad.mustKnow(null).toSorted()).toEqual(['nuts', 'soy']);
  });
});
