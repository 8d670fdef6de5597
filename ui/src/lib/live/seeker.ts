import { HERE } from '$lib/api/hubs.svelte';
import type { SyncView } from '$lib/api/schema';

/** A hub that is silent for so long is looked for elsewhere. */
export const SEEK_AFTER_MS = 3000;
const EVERY_MS = 2000;

export interface SeekerParts {
  hubs: { readonly all: string[]; readonly current: string; use: (url: string) => void };
  /** What an address says of the hub there; null when nobody answers, or somebody who does not know this person. */
  ask: (url: string) => Promise<SyncView | null>;
  /** Whose journal the picture is from. */
  origin: () => string;
  monotonic: () => number;
}

/**
 * Moves a station to another address of its venue when its hub is silent, and back when that hub answers again.
 *
 * Invariant: it never moves to another venue's hub, and never back to a hub that knows less than the one it leaves.
 */
export class Seeker {
  #parts: SeekerParts;
  #asking = false;
  #askedAt = -EVERY_MS;

  constructor(parts: SeekerParts) {
    this.#parts = parts;
  }

  /** Looks around when there is a reason to; says whether the station moved. */
  async look(silentMs: number): Promise<boolean> {
    const { hubs, monotonic } = this.#parts;
    const isSilent = silentMs > SEEK_AFTER_MS;
    const hasReason = isSilent ? hubs.all.length > 1 : hubs.current !== HERE;
    if (!hasReason || this.#asking || monotonic() - this.#askedAt < EVERY_MS) return false;
    this.#asking = true;
    this.#askedAt = monotonic();
    try {
      return isSilent ? await this.#leave() : await this.#goBack();
    } finally {
      this.#asking = false;
    }
  }

  /** To the first address that answers, unless it turns out that the hub in use does. */
  async #leave(): Promise<boolean> {
    const { hubs, ask, origin } = this.#parts;
    const from = hubs.current;
    const urls = hubs.all;
    const answers = await Promise.all(urls.map(ask));
    const answerOf = (url: string) => answers[urls.indexOf(url)] ?? null;
    const to = urls.find((url) => isOfVenue(answerOf(url), origin()));
    if (to === undefined || answerOf(from) || hubs.current !== from) return false;
    hubs.use(to);
    return true;
  }

  /** Asks where it is first: what is written meanwhile must be known at home too. */
  async #goBack(): Promise<boolean> {
    const { hubs, ask, origin } = this.#parts;
    const from = hubs.current;
    const there = await ask(from);
    const home = await ask(HERE);
    if (!there || !home || hubs.current !== from) return false;
    if (!isOfVenue(home, origin()) || !knows(home, there)) return false;
    hubs.use(HERE);
    return true;
  }
}

/** A hub of the venue knows the journal that the picture is from. */
const isOfVenue = (hub: SyncView | null, origin: string) =>
  hub !== null && (origin === '' || hub.origin === origin || origin in hub.vector);

const knows = (one: SyncView, other: SyncView) =>
  Object.entries(other.vector).every(([origin, seq]) => (one.vector[origin] ?? 0) >= seq);
