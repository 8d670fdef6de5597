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
}

const BACKOFF_MS = [300, 600, 1200, 2500, 5000];
/** An answer slower than this is worth showing; a quicker one would only flicker. */
const SHOWN_AFTER_MS = 700;

const realParts: OutboxParts = {
  send,
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  now: () => Date.now(),
};

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

  constructor(parts: OutboxParts = realParts) {
    this.#parts = parts;
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#enqueue({ method: 'POST', path, body, key: freshKey() });
  }

  put<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#enqueue({ method: 'PUT', path, body, key: freshKey() });
  }

  /** The commands a person should know are waiting, at this time. */
  waiting(now: number): Unsent[] {
    return this.unsent.filter((one) => one.tries > 0 || now - one.since > SHOWN_AFTER_MS);
  }

  isBusy(pathPrefix: string): boolean {
    return this.unsent.some((one) => one.path.startsWith(pathPrefix));
  }

  async #enqueue<T>(request: Request & { key: string }): Promise<T> {
    const { key, path } = request;
    this.unsent.push({ key, path, since: this.#parts.now(), tries: 0 });
    const lane = path.split('/').slice(1, 4).join('/');
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const answer = before.then(() => this.#untilAnswered<T>(request));
    const settled = answer.catch(() => undefined);
    this.#lanes.set(lane, settled);
    try {
      return await answer;
    } finally {
      this.unsent = this.unsent.filter((one) => one.key !== key);
      if (this.#lanes.get(lane) === settled) this.#lanes.delete(lane);
    }
  }

  async #untilAnswered<T>(request: Request & { key: string }): Promise<T> {
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
