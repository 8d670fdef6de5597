import { device, type Device } from './device';
import type { Command, Waiting } from './unsent.svelte';

/** Where commands wait for the hub's answer. */
export interface Shelf {
  all(): Promise<Waiting[]>;
  /** Resolves when the command would survive a power cut. */
  add(command: Command): Promise<Waiting>;
  put(command: Waiting): Promise<void>;
  remove(n: number): Promise<void>;
}

/** In memory only. Its numbers come after all that a database gives out. */
export class MemoryShelf implements Shelf {
  static readonly FIRST = 2 ** 50;
  #next = MemoryShelf.FIRST;
  #kept = new Map<number, Waiting>();

  all = async () => [...this.#kept.values()];

  async add(command: Command): Promise<Waiting> {
    const waiting = { ...command, n: this.#next++ };
    this.#kept.set(waiting.n, waiting);
    return waiting;
  }

  async put(command: Waiting): Promise<void> {
    this.#kept.set(command.n, command);
  }

  async remove(n: number): Promise<void> {
    this.#kept.delete(n);
  }
}

/**
 * In the device's database. Where the browser keeps nothing, what waits lives as long as the tab: an order is taken
 * all the same.
 */
export class DeviceShelf implements Shelf {
  #memory = new MemoryShelf();

  async all(): Promise<Waiting[]> {
    const kept = await device()
      .then((database) => database.getAll('commands'))
      .catch(() => []);
    return [...kept, ...(await this.#memory.all())];
  }

  async add(command: Command): Promise<Waiting> {
    try {
      return await addStrictly(command);
    } catch {
      return this.#memory.add(command);
    }
  }

  async put(command: Waiting): Promise<void> {
    if (command.n >= MemoryShelf.FIRST) return this.#memory.put(command);
    await kept((database) => database.put('commands', command));
  }

  async remove(n: number): Promise<void> {
    if (n >= MemoryShelf.FIRST) return this.#memory.remove(n);
    await kept((database) => database.delete('commands', n));
  }
}

/** What fails here leaves the command as it was: it is sent again under its key, which does no harm. */
async function kept(write: (database: Device) => Promise<unknown>): Promise<void> {
  await device()
    .then(write)
    .catch(() => undefined);
}

/** Written through to the disk before it is confirmed. */
async function addStrictly(command: Command): Promise<Waiting> {
  const write = (await device()).transaction('commands', 'readwrite', { durability: 'strict' });
  const n = await write.store.add(command as Waiting);
  await write.done;
  return { ...command, n };
}
