import { untrack } from 'svelte';
import * as query from '$lib/api/queries';
import type { DayReport } from '$lib/api/schema';
import { live } from '$lib/live/live.svelte';

const SETTLE_MS = 400;

/** What was last heard, for a page that is opened while the hub is silent. */
let last: DayReport | null = null;

/** The open day's report, asked for again, not more often than it can be read, whenever its figures change. */
export class OpenDay {
  #report = $state.raw(last);

  constructor() {
    $effect(() => {
      void live.dayChanges;
      const wait = untrack(() => this.report) ? SETTLE_MS : 0;
      const timer = setTimeout(() => void this.#ask(), wait);
      return () => clearTimeout(timer);
    });
  }

  get report(): DayReport | null {
    return this.#report;
  }

  set report(report: DayReport | null) {
    last = this.#report = report;
  }

  async #ask(): Promise<void> {
    // What fails here shows as a stale stream, and the next change asks again.
    await query.day().then(
      (report) => (this.report = report),
      () => undefined,
    );
  }
}
