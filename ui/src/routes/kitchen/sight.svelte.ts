import { SvelteSet } from 'svelte/reactivity';

/** Rounding of pixels cuts nothing off. */
const WHOLE = 0.98;

/** Which slots of a board are in sight, as the browser sees them: no layout is asked for. */
export class Sight {
  seen = new SvelteSet<string>();
  /** In sight, but not all of it. */
  cut = new SvelteSet<string>();

  #observer = new IntersectionObserver((changes) => changes.forEach((one) => this.#note(one)), {
    threshold: [0, WHOLE],
  });

  watch = (slot: HTMLElement) => {
    this.#observer.observe(slot);
    return () => {
      this.#observer.unobserve(slot);
      this.#forget(keyOf(slot));
    };
  };

  end(): void {
    this.#observer.disconnect();
  }

  #note({ target, isIntersecting, intersectionRatio }: IntersectionObserverEntry): void {
    const key = keyOf(target);
    if (!isIntersecting) return this.#forget(key);
    this.seen.add(key);
    if (intersectionRatio < WHOLE) this.cut.add(key);
    else this.cut.delete(key);
  }

  #forget(key: string): void {
    this.seen.delete(key);
    this.cut.delete(key);
  }
}

const keyOf = (slot: Element) => (slot as HTMLElement).dataset.key!;
