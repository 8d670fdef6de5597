import { t } from '$lib/i18n/i18n.svelte';
import { live } from '$lib/live/live.svelte';
import type { Seat } from './allergy';
import { courseName } from './courses';
import type { OrderPad } from './pad.svelte';

export const seatName = (seat: Seat) =>
  seat === null ? t('order.shared') : t('order.seatN', { n: seat });

/** A chip for each seat, and for what is everybody's; one that knows of an allergy is marked. */
export function seatChips(pad: OrderPad, covers: number) {
  const seats: Seat[] = [null, ...Array.from({ length: covers }, (_, index) => index + 1)];
  return seats.map((seat) => ({
    value: seat,
    label: seat === null ? t('order.shared') : String(seat),
    name: [seatName(seat), ...(pad.allergiesOf(seat).length ? [t('order.allergy')] : [])].join(
      ', ',
    ),
    warn: pad.allergiesOf(seat).length > 0,
    testid: `seat-${seat ?? 'shared'}`,
  }));
}

export const courseChips = () =>
  (live.venue?.courses ?? []).map(({ number }) => ({
    value: number as number | null,
    label: courseName(number),
    testid: `course-${number}`,
  }));
