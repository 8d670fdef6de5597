import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, hexToBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { HERE } from './hubs.svelte';
import { Unreachable } from './problem';
import type { Uuid } from './schema';

const STORED_AS = 'maitred.terminal';
const ANSWER_MS_MAX = 3000;

/** What this screen keeps of its pairing. */
export interface KeptTerminal {
  id: Uuid;
  token: string;
  /** The key of the hub that let it in. */
  hub: string;
  /** The address of what it shows first. */
  opens: string;
}

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * What this screen is to its venue, once a manager has let it in.
 *
 * Invariant: neither the terminal's token nor a person's goes to a hub that has not proved, since this page was loaded, that
 * it knows the terminal. Where a hub is, and who says so, counts for nothing.
 */
export class Terminal {
  kept = $state.raw<KeptTerminal | null>(null);
  /** The hub that answers at the page's own address is another venue's. */
  isElsewhere = $state(false);
  #proven = new Set<string>();

  constructor(private readonly shelf: Shelf = localStorage) {
    const text = shelf.getItem(STORED_AS);
    this.kept = text ? (JSON.parse(text) as KeptTerminal) : null;
  }

  keep(kept: KeptTerminal): void {
    this.shelf.setItem(STORED_AS, JSON.stringify(kept));
    this.kept = kept;
    this.isElsewhere = false;
    this.#proven.clear();
  }

  /** It was taken out of the venue. */
  forget(): void {
    this.shelf.removeItem(STORED_AS);
    this.kept = null;
    this.isElsewhere = false;
  }

  /** Whether what is secret may be sent there now. */
  trusts(base: string): boolean {
    return this.kept === null || this.#proven.has(base);
  }

  /** It went silent: whoever answers next proves itself anew. */
  doubt(base: string): void {
    this.#proven.delete(base);
  }

  /** Waits until the hub there has proved itself. Throws `Unreachable` when it does not answer, or is another's. */
  async meet(base: string): Promise<void> {
    const { kept } = this;
    if (this.#proven.has(base) || (kept === null && base === HERE)) return;
    const isOurs = kept === null ? await answers(base) : await proves(base, kept);
    if (base === HERE) this.isElsewhere = !isOurs;
    if (!isOurs) throw new Unreachable('a hub of another venue answers');
    this.#proven.add(base);
  }

  get headers(): Record<string, string> {
    return this.kept ? { 'maitred-terminal': this.kept.token } : {};
  }

  /** What an event stream says in place of the token: good for one session. */
  proofOf(accessToken: string): string {
    if (!this.kept) return '';
    const proof = blake3(utf8ToBytes(accessToken), { key: keyOf(this.kept) });
    return `&terminal_proof=${bytesToHex(proof)}`;
  }
}

/** What both sides know: the hub keeps no more than this of the token. */
const keyOf = (kept: KeptTerminal) => blake3(utf8ToBytes(kept.token));

/**
 * A question without a secret in it, which a browser sends as it is. Before any other it asks whether it may, and what goes
 * wrong with that is not said to anybody: the app's window would never hear that it is to look at the hub's certificate.
 */
function ask(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) }).catch((cause: unknown) => {
    throw new Unreachable(cause);
  });
}

const answers = async (base: string) => (await ask(`${base}/healthz`)).ok;

async function proves(base: string, kept: KeptTerminal): Promise<boolean> {
  const nonce = bytesToHex(randomBytes(32));
  const path = `/api/v1/pairings/proof?terminal=${kept.id}&nonce=${nonce}`;
  const response = await ask(base + path);
  if (!response.ok) return false;
  const answer = (await response.json()) as { hub: string; proof: string };
  const due = blake3(utf8ToBytes(nonce + answer.hub), { key: keyOf(kept) });
  return answer.proof.length === 64 && bytesToHex(hexToBytes(answer.proof)) === bytesToHex(due);
}

export const terminal = new Terminal();
