import type { SvelteMap } from 'svelte/reactivity';
import type { Uuid } from '$lib/api/schema';

/** What the hub said, with what this device still has to tell it laid over. Read like a map. */
export class Shown<T> {
  #held: SvelteMap<Uuid, T>;
  #over: () => ReadonlyMap<Uuid, T>;

  constructor(held: SvelteMap<Uuid, T>, over: () => ReadonlyMap<Uuid, T>) {
    this.#held = held;
    this.#over = over;
  }

  get(id: Uuid): T | undefined {
    return this.#over().get(id) ?? this.#held.get(id);
  }

  has(id: Uuid): boolean {
    return this.#over().has(id) || this.#held.has(id);
  }

  get size(): number {
    return this.#held.size + [...this.#over().keys()].filter((id) => !this.#held.has(id)).length;
  }

  *values(): IterableIterator<T> {
    const over = this.#over();
    for (const [id, one] of this.#held) yield over.get(id) ?? one;
    for (const [id, one] of over) if (!this.#held.has(id)) yield one;
  }
}
