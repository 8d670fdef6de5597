import { live } from '$lib/live/live.svelte';
import { router } from '$lib/router/router.svelte';
import type { Key } from '$lib/i18n/catalogue';

export interface Stop {
  path: () => string;
  title: Extract<Key, `tour.${string}`>;
  text: Extract<Key, `tour.${string}`>;
}

/** Each venue has stations of its own. */
function firstKitchen(): string {
  const first = live.venue?.stations.find((station) => station.kind === 'prep');
  return first ? `/kitchen/${first.slug}` : '/kitchen';
}

/** One evening, from the door to the Z report. */
export const STOPS: Stop[] = [
  { path: () => '/host', title: 'tour.host', text: 'tour.host.text' },
  { path: () => '/order', title: 'tour.order', text: 'tour.order.text' },
  { path: firstKitchen, title: 'tour.kitchen', text: 'tour.kitchen.text' },
  { path: () => '/expo', title: 'tour.expo', text: 'tour.expo.text' },
  { path: () => '/printers', title: 'tour.printers', text: 'tour.printers.text' },
  { path: () => '/manager/floor', title: 'tour.floor', text: 'tour.floor.text' },
  { path: () => '/manager/day', title: 'tour.day', text: 'tour.day.text' },
];

const STORED_AS = 'maitred.tour';

/** A walk through the stations. Offered once; after that it comes only when it is called. */
class Tour {
  #offered = $state(localStorage.getItem(STORED_AS) === null);
  index = $state<number | null>(null);

  get isOffered(): boolean {
    return this.#offered && this.index === null;
  }

  get stop(): Stop | null {
    return this.index === null ? null : (STOPS[this.index] ?? null);
  }

  start(): void {
    this.dismiss();
    this.#goTo(0);
  }

  step(by: 1 | -1): void {
    if (this.index === null) return;
    const to = this.index + by;
    if (to >= STOPS.length) this.end();
    else this.#goTo(Math.max(0, to));
  }

  end(): void {
    this.index = null;
  }

  dismiss(): void {
    this.#offered = false;
    localStorage.setItem(STORED_AS, 'seen');
  }

  #goTo(index: number): void {
    this.index = index;
    router.go(STOPS[index]!.path());
  }
}

export const tour = new Tour();
