/** What a message of the event stream means for the picture we hold. */
export type Verdict = 'next' | 'seen' | 'gap';

/**
 * Follows the sequence numbers of the event stream. Sans I/O: it is told what came and answers what to do.
 *
 * `gap` means something is missing from our picture: fetch everything anew, then call `healed`.
 */
export class Cursor {
  #last: number | null = null;
  #promised: number | null = null;
  #open = false;

  get last(): number | null {
    return this.#last;
  }

  /** True from the moment something was missed until everything was fetched anew. */
  get hasGap(): boolean {
    return this.#open;
  }

  change(seq: number): Verdict {
    if (this.#last !== null && seq <= this.#last) return 'seen';
    const follows = this.#last === null || seq === this.#last + 1;
    this.#last = seq;
    return follows ? 'next' : this.#lost();
  }

  /**
   * A heartbeat states what the hub has committed. Its changes may be a moment behind it, so they have until
   * the next heartbeat. A number below ours is another hub's, or a restored one's.
   */
  heartbeat(seq: number): Verdict {
    this.#last ??= seq;
    const broken = seq < this.#last || (this.#promised !== null && this.#last < this.#promised);
    if (broken) return this.reset(seq);
    this.#promised = seq;
    return 'next';
  }

  reset(seq: number): Verdict {
    this.#last = seq;
    this.#promised = null;
    return this.#lost();
  }

  /** A new connection that could not resume: whatever was committed meanwhile is unknown. */
  reconnected(): Verdict {
    return this.#last === null ? 'next' : this.#lost();
  }

  healed(): void {
    this.#open = false;
  }

  #lost(): Verdict {
    this.#open = true;
    return 'gap';
  }
}
