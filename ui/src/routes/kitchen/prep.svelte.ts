import { live } from '$lib/live/live.svelte';

/** How long each item of the menu should take. A ticket's line carries the name alone. */
class Prep {
  #secs = $derived(new Map([...live.items.values()].map((item) => [item.name, item.prep_secs])));

  of(name: string): number | undefined {
    return this.#secs.get(name);
  }
}

export const prep = new Prep();
