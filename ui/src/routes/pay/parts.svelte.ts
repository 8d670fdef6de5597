import { SvelteMap } from 'svelte/reactivity';
import type { ShareView, Uuid } from '$lib/api/schema';

const STORED_AS = 'maitred.parts';
/** Checks whose parts are kept; the oldest go first. */
const CHECKS_MAX = 20;

/** What one guest pays: like a share, but the hub knows nothing of it. */
export type Part = Pick<ShareView, 'id' | 'due_minor'>;

/**
 * In what parts the guests of a check pay while the hub is away. Each is paid as an amount on the one check.
 *
 * Splitting a check in earnest waits for the hub: payments taken meanwhile would be on a check that is no longer whole.
 */
export class Parts {
  #ofCheck = new SvelteMap<Uuid, Part[]>();

  constructor(private readonly shelf: Pick<Storage, 'getItem' | 'setItem'> = localStorage) {
    const kept = JSON.parse(shelf.getItem(STORED_AS) ?? '[]') as [Uuid, Part[]][];
    for (const [check, parts] of kept) this.#ofCheck.set(check, parts);
  }

  of(check: Uuid): Part[] {
    return this.#ofCheck.get(check) ?? [];
  }

  share(check: Uuid, amountsMinor: number[]): void {
    const parts = amountsMinor.filter((minor) => minor > 0);
    this.#ofCheck.delete(check);
    this.#keep(
      check,
      parts.map((due_minor, index) => ({ id: `part-${index + 1}`, due_minor })),
    );
  }

  /** Takes a payment off a part; answers the next one to pay. */
  pay(check: Uuid, id: string, amountMinor: number): string | null {
    const left = (part: Part) =>
      part.id === id ? { ...part, due_minor: Math.max(0, part.due_minor - amountMinor) } : part;
    const parts = this.of(check).map(left);
    this.#keep(check, parts);
    return parts.find((part) => part.due_minor > 0)?.id ?? null;
  }

  #keep(check: Uuid, parts: Part[]): void {
    this.#ofCheck.set(check, parts);
    const kept = [...this.#ofCheck].slice(-CHECKS_MAX);
    this.shelf.setItem(STORED_AS, JSON.stringify(kept));
  }
}

export const parts = new Parts();
