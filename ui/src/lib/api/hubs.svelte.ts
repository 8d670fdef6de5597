const STORED_AS = 'maitred.hubs';
const HUBS_MAX = 8;

/** The hub that served this page. */
const HERE = '';

/**
 * Where the hub can be reached: the address that served the page, what the hub says of its peers, and what a person
 * entered. What waits on this device stays with the page's own origin, so the page goes on and asks elsewhere.
 */
export class Hubs {
  /** Base URLs other than the page's own. */
  others = $state.raw<string[]>([]);
  current = $state(HERE);

  constructor(private readonly shelf: Pick<Storage, 'getItem' | 'setItem'> = localStorage) {
    this.others = JSON.parse(shelf.getItem(STORED_AS) ?? '[]') as string[];
  }

  get all(): string[] {
    return [HERE, ...this.others];
  }

  /** Adds addresses that the hub names or a person enters; says whether all of them are addresses. */
  add(urls: string[]): boolean {
    const bases = urls.map(baseOf);
    const known = bases.filter((base): base is string => base !== null && base !== location.origin);
    this.others = [...new Set([...this.others, ...known])].slice(-HUBS_MAX);
    this.#keep();
    return bases.every((base) => base !== null);
  }

  remove(url: string): void {
    this.others = this.others.filter((one) => one !== url);
    if (this.current === url) this.current = HERE;
    this.#keep();
  }

  /** Turns to the next address; says whether there is another. */
  next(): boolean {
    const { all } = this;
    this.current = all[(all.indexOf(this.current) + 1) % all.length]!;
    return all.length > 1;
  }

  #keep(): void {
    this.shelf.setItem(STORED_AS, JSON.stringify(this.others));
  }
}

/** The base of a hub's address; null when it is none. */
function baseOf(text: string): string | null {
  try {
    return new URL(/^https?:/i.test(text) ? text : `http://${text}`).origin;
  } catch {
    return null;
  }
}

export const hubs = new Hubs();
