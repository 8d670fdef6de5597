import { send, type Request } from '$lib/api/client';
import { freshKey } from '$lib/api/key';
import { Unreachable } from '$lib/api/problem';

/** What a person did and the hub has not yet answered. */
export interface Unsent {
  key: string;
  path: string;
  since: number;
  tries: number;
}

export interface OutboxParts {
  send: <T>(request: Request) => Promise<T>;
  sleep: (ms: number) => Promise<void>;
  now: () => number;
  /** Where commands wait through a reload of the page. */
  shelf: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

const STORED_AS = 'maitred.outbox';

type Command = Request & { key: string };

const BACKOFF_MS = [300, 600, 1200, 2500, 5000];
/** An answer slower than this is worth showing; a quicker one would only flicker. */
const SHOWN_AFTER_MS = 700;

const realParts: OutboxParts = {
  send,
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  now: () => Date.now(),
  shelf: sessionStorage,
};

/** What a command is about: one check, one ticket, one table. */
function laneOf(path: string): string {
  const parts = path.split('/');
  return parts.slice(0, parts[1] === 'kitchen' ? 4 : 3).join('/');
}

/**
 * Sends commands until the hub answers, each under the one key it was made with.
 *
 * Commands about one thing (a check, a ticket) go one after another, so that a fire never overtakes its lines.
 * Invariant: nothing here answers for the hub; a promise settles only with the hub's own answer.
 */
export class Outbox {
  #parts: OutboxParts;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on a screen reads the lanes
  #lanes = new Map<string, Promise<unknown>>();
  unsent = $state<Unsent[]>([]);

  #commands: Command[] = [];

  constructor(parts: OutboxParts = realParts) {
    this.#parts = parts;
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#enqueue({ method: 'POST', path, body, key: freshKey() });
  }

  put<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#enqueue({ method: 'PUT', path, body, key: freshKey() });
  }

  /** Takes up what a reload interrupted. Each goes out under its old key, so nothing happens twice. */
  resume(onProblem: (error: unknown) => void): void {
    const stored = this.#parts.shelf.getItem(STORED_AS);
    for (const command of stored ? (JSON.parse(stored) as Command[]) : [])
      this.#enqueue(command).catch(onProblem);
  }

  /** The commands a person should know are waiting, at this time. */
  waiting(now: number): Unsent[] {
    return this.unsent.filter((one) => one.tries > 0 || now - one.since > SHOWN_AFTER_MS);
  }

  async #enqueue<T>(request: Command): Promise<T> {
    const { key, path } = request;
    this.unsent.push({ key, path, since: this.#parts.now(), tries: 0 });
    this.#shelve([...this.#commands, request]);
    const lane = laneOf(path);
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const answer = before.then(() => this.#untilAnswered<T>(request));
    const settled = answer.catch(() => undefined);
    this.#lanes.set(lane, settled);
    try {
      return await answer;
    } finally {
      this.unsent = this.unsent.filter((one) => one.key !== key);
      this.#shelve(this.#commands.filter((one) => one.key !== key));
      if (this.#lanes.get(lane) === settled) this.#lanes.delete(lane);
    }
  }

  #shelve(commands: Command[]): void {
    this.#commands = commands;
    if (commands.length > 0) this.#parts.shelf.setItem(STORED_AS, JSON.stringify(commands));
    else this.#parts.shelf.removeItem(STORED_AS);
  }

  async #untilAnswered<T>(request: Command): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#parts.send<T>(request);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        const mine = this.unsent.find((one) => one.key === request.key);
        if (mine) mine.tries = tries + 1;
        await this.#parts.sleep(BACKOFF_MS[Math.min(tries, BACKOFF_MS.length - 1)]!);
      }
    }
  }
}

export const outbox = new Outbox();
