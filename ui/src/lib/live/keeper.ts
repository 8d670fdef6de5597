import type { Role } from '$lib/api/schema';
import { device } from './device';

/** The parts of the picture, each kept as one record. */
export const PARTS = [
  'venue',
  'menu',
  'areas',
  'sections',
  'attention',
  'tables',
  'checks',
  'views',
  'tickets',
  'onPass',
  'items',
  'jobs',
  'printers',
] as const;
export type Part = (typeof PARTS)[number];

/** Which hub's picture it is, how far its journal was followed, and when it was last known to be true. */
export interface Stamp {
  hub: string;
  seq: number | null;
  /** By this device's clock. */
  at: number;
  /** How far the hub's clock is ahead of this device's. */
  ahead_ms: number;
}

export interface Kept {
  stamp: Stamp;
  parts: Partial<Record<Part, unknown>>;
}

export interface KeeperParts {
  read: (part: Part) => unknown;
  stamp: () => Omit<Stamp, 'at'>;
  now: () => number;
  later: (ms: number, task: () => void) => unknown;
}

/** Changes that come in so short a time are written together. */
const BATCH_MS = 1000;
/** A picture that stays the same is stamped anew so often, so that its age is known to the second or nearly. */
const STAMP_MS = 10_000;

/**
 * Keeps the last picture on the device, part by part, for the time that the hub is away.
 *
 * One picture for each role: what a manager may see is not there for the next waiter. A new picture takes the place of
 * the old one as a whole, so that no part of it is another hub's.
 */
export class Keeper {
  #parts: KeeperParts;
  #role: Role | null = null;
  #dirty = new Set<Part>();
  #whole = false;
  #due = false;
  #stampedAt = 0;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** What was kept for this role, from now on the role that is kept for. */
  async open(role: Role): Promise<Kept | null> {
    this.#role = role;
    this.#whole = false;
    this.#dirty.clear();
    const { store } = (await device()).transaction('picture');
    const all = IDBKeyRange.bound([role], [role, []]);
    // Two answers rather than one for each part: on a slow device every answer costs a frame.
    const [keys, values] = await Promise.all([store.getAllKeys(all), store.getAll(all)]);
    const { stamp, ...parts } = Object.fromEntries(
      keys.map(([, part], index) => [part, values[index]]),
    ) as Kept['parts'] & { stamp?: Stamp };
    return stamp ? { stamp, parts } : null;
  }

  close(): void {
    this.#role = null;
  }

  /** These parts are different now. */
  mark(...parts: Part[]): void {
    for (const part of parts) this.#dirty.add(part);
    this.#plan();
  }

  /** Everything was fetched anew. */
  markWhole(): void {
    this.#whole = true;
    this.mark(...PARTS);
  }

  /** The hub was heard of: the picture is true now. */
  beat(): void {
    if (this.#whole && this.#parts.now() - this.#stampedAt > STAMP_MS) this.#plan();
  }

  #plan(): void {
    if (this.#due || !this.#role) return;
    this.#due = true;
    this.#parts.later(BATCH_MS, () => {
      this.#due = false;
      // A device that keeps nothing shows a picture all the same.
      void this.write().catch(() => undefined);
    });
  }

  /** Writes what is different, in one transaction. Nothing is written until there is a whole picture. */
  async write(): Promise<void> {
    const role = this.#role;
    if (!role || !this.#whole) return;
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    this.#stampedAt = this.#parts.now();
    const write = (await device()).transaction('picture', 'readwrite');
    for (const part of dirty) void write.store.put(this.#parts.read(part), [role, part]);
    void write.store.put({ ...this.#parts.stamp(), at: this.#stampedAt }, [role, 'stamp']);
    await write.done;
  }
}
