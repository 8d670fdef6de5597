import type { SvelteMap } from 'svelte/reactivity';
import type { Uuid } from '$lib/api/schema';

/** What the hub said, with what this device still has to tell it laid over. Read like a map. */
export class Shown<T> {
  #held: SvelteMap<Uuid, T>;
  #over: () => ReadonlyMap<Uuid, T>;
  #isListed: (one: T) => boolean;

  /** Those of `over` that are not listed can still be asked for by their id. */
  constructor(
    held: SvelteMap<Uuid, T>,
    over: () => ReadonlyMap<Uuid, T>,
    isListed: (one: T) => boolean = () => true,
  ) {
    this.#held = held;
    this.#over = over;
    this.#isListed = isListed;
  }

  get(id: Uuid): T | undefined {
    return this.#over().get(id) ?? this.#held.get(id);
  }

  has(id: Uuid): boolean {
    return this.#over().has(id) || this.#held.has(id);
  }

  get size(): number {
    const over = [...this.#over()];
    const more = over.filter(([id, one]) => !this.#held.has(id) && this.#isListed(one));
    const less = over.filter(([id, one]) => this.#held.has(id) && !this.#isListed(one));
    return this.#held.size + more.length - less.length;
  }

  *values(): IterableIterator<T> {
    const over = this.#over();
    for (const [id, one] of this.#held) {
      const laid = over.get(id);
      if (!laid) yield one;
      else if (this.#isListed(laid)) yield laid;
    }
    for (const [id, one] of over) if (!this.#held.has(id) && this.#isListed(one)) yield one;
  }
}
