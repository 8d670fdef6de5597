import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { Problem } from '$lib/api/problem';
import * as query from '$lib/api/queries';
import type { CheckSummary, CheckView, Uuid } from '$lib/api/schema';
import { painted } from './painted';
import { sharing } from './sharing';

export interface ViewsParts {
  /** The ids of the open checks. */
  open: () => Iterable<Uuid>;
  /** Whether a check waits on this device to be opened: the hub would say that there is none. */
  isUnsent: (id: Uuid) => boolean;
  /** Whether an answer of the hub is on its way that will bring the check whole. */
  isAwaited: (id: Uuid) => boolean;
  changed: () => void;
}

/** The most whole checks that a device holds. */
const VIEWS_MAX = 200;
/** An answer that is not there by then is not waited for. */
const ANSWER_MS_MAX = 750;
/** Checks that no screen shows wait so long for company before they are fetched, one after another. */
const QUIET_MS = 3000;

/**
 * Whole checks, with their lines: the ones on a screen at once, and the other open ones at leisure, so that a device
 * that takes orders has every table's lines when the hub is away.
 */
export class Views {
  #parts: ViewsParts;
  readonly held = new SvelteMap<Uuid, CheckView>();

  /** Whether open checks that no screen shows are held too. */
  holdsOpen = false;

  /** One per screen that shows a check whole; two screens may show the same one while they change over. */
  #watches = new Set<{ id: Uuid }>();
  /** Checks being fetched, and how new they are to be by what was heard meanwhile. */
  #fetching = new Map<Uuid, number>();
  #wanted = new Set<Uuid>();
  #due = false;

  constructor(parts: ViewsParts) {
    this.#parts = parts;
  }

  watch(id: Uuid): () => void {
    const watch = { id };
    this.#watches.add(watch);
    inBackground(this.#fetch(id));
    return () => void this.#watches.delete(watch);
  }

  put(view: CheckView): void {
    this.held.set(view.id, sharing(this.held.get(view.id), view));
    this.#wanted.delete(view.id);
    if (this.held.size > VIEWS_MAX) this.#dropOld();
    this.#parts.changed();
  }

  async fetchWatched(): Promise<void> {
    await Promise.all([...this.#watched()].map((id) => this.#fetch(id, Number.POSITIVE_INFINITY)));
  }

  /** Fetches the open checks at leisure. */
  fetchOpen(): void {
    this.#want([...this.#parts.open()]);
  }

  /** These checks are different now. Whose change this device made itself, it has whole from the hub's answer. */
  touched(checks: CheckSummary[]): void {
    const watched = this.#watched();
    const shown = checks.filter(({ id }) => watched.has(id));
    if (shown.length) void this.#fetchShown(shown);
    const others = checks.filter((check) => !watched.has(check.id) && !this.#isHeld(check));
    this.#want(others.map(({ id }) => id));
  }

  /** Whether the whole check is here as the hub has it. */
  #isHeld({ id, revision }: CheckSummary): boolean {
    const held = this.held.get(id);
    return held !== undefined && held.revision >= revision;
  }

  /** What is worth keeping through a reload: the open checks. */
  toKeep(): CheckView[] {
    const open = new Set(this.#parts.open());
    return [...this.held.values()].filter((view) => open.has(view.id)).slice(-VIEWS_MAX);
  }

  forget(): void {
    this.held.clear();
    this.#wanted.clear();
  }

  #watched(): Set<Uuid> {
    return new Set([...this.#watches].map(({ id }) => id));
  }

  #want(ids: Uuid[]): void {
    if (!this.holdsOpen) return;
    for (const id of ids) this.#wanted.add(id);
    if (this.#due || this.#wanted.size === 0) return;
    this.#due = true;
    setTimeout(() => inBackground(this.#fetchWanted()), QUIET_MS);
  }

  async #fetchWanted(): Promise<void> {
    this.#due = false;
    this.#dropOld();
    const open = new Set(this.#parts.open());
    const wanted = [...this.#wanted].filter((id) => open.has(id)).slice(0, VIEWS_MAX);
    this.#wanted.clear();
    for (const id of wanted) await this.#fetch(id);
  }

  /** Closed checks leave when no screen shows them; of too many open ones those that came first. */
  #dropOld(): void {
    const open = new Set(this.#parts.open());
    const watched = this.#watched();
    const idle = [...this.held.keys()].filter((id) => !watched.has(id));
    for (const id of idle) if (!open.has(id)) this.held.delete(id);
    const tooMany = Math.max(0, this.held.size - VIEWS_MAX);
    for (const id of idle.filter((one) => open.has(one)).slice(0, tooMany)) this.held.delete(id);
  }

  /** Not before the person has seen what they did: the answer is theirs to wait for, their own touch is not. */
  async #fetchShown(checks: CheckSummary[]): Promise<void> {
    await painted();
    for (const check of checks) inBackground(this.#fetchUnlessAnswered(check));
  }

  async #fetchUnlessAnswered(check: CheckSummary): Promise<void> {
    const late = performance.now() + ANSWER_MS_MAX;
    while (this.#parts.isAwaited(check.id) && performance.now() < late) await painted();
    if (!this.#isHeld(check)) await this.#fetch(check.id, check.revision);
  }

  /** A change that comes while the check is being fetched may not be in the answer; then it is fetched once more. */
  async #fetch(id: Uuid, revision = 0): Promise<void> {
    if (untrack(() => !this.held.has(id) && this.#parts.isUnsent(id))) return;
    const asked = this.#fetching.get(id);
    if (asked !== undefined) return void this.#fetching.set(id, Math.max(asked, revision));
    try {
      let view: CheckView;
      do {
        this.#fetching.set(id, 0);
        view = await query.check(id);
        this.put(view);
      } while (view.revision < this.#fetching.get(id)!);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    } finally {
      this.#fetching.delete(id);
    }
  }
}

/** What fails here shows as a stale stream and is fetched again with everything else. */
export const inBackground = (fetching: Promise<unknown>) => void fetching.catch(() => undefined);
