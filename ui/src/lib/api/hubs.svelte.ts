const STORED_AS = 'maitred.hubs';
const HUBS_MAX = 8;

/** The hub that served this page. */
export const HERE = '';

/**
 * Where the hub can be reached: the address that served the page, what the hub says of its peers, and what a person
 * entered. What waits on this device stays with the page's own origin, so the page goes on and asks elsewhere.
 */
export class Hubs {
  /** Base URLs other than the page's own. */
  others = $state.raw<string[]>([]);
  current = $state(HERE);
  #left = new AbortController();

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

  /** Adds the hubs among the peers that the hub names. */
  learn(peers: Peer[]): void {
    this.add(peers.filter(({ kind }) => kind === 'hub').flatMap((peer) => reachableAt(peer)));
  }

  remove(url: string): void {
    this.others = this.others.filter((one) => one !== url);
    if (this.current === url) this.use(HERE);
    this.#keep();
  }

  /** Whether requests go elsewhere than to the hub that served this page. */
  get isElsewhere(): boolean {
    return this.current !== HERE;
  }

  /** From now on everything goes to this address; what is under way at another one is given up. */
  use(url: string): void {
    if (url === this.current) return;
    this.current = url;
    this.#left.abort();
    this.#left = new AbortController();
  }

  /** Turns to the next address; says whether there is another. */
  next(): boolean {
    const { all } = this;
    this.use(all[(all.indexOf(this.current) + 1) % all.length]!);
    return all.length > 1;
  }

  /** Aborts when the address in use is left. */
  get leaving(): AbortSignal {
    return this.#left.signal;
  }

  #keep(): void {
    this.shelf.setItem(STORED_AS, JSON.stringify(this.others));
  }
}

interface Peer {
  kind: string;
  url: string;
  secure_url?: string | null;
}

/** Where a page of `here` may ask a hub: one that came over TLS may ask nobody over plain http. */
export function reachableAt(
  { url, secure_url: secure }: Omit<Peer, 'kind'>,
  here = location.protocol,
): string[] {
  const urls = here === 'https:' && url.startsWith('http:') ? [] : [url];
  return secure && !urls.includes(secure) ? [...urls, secure] : urls;
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
