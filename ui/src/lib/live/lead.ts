/** Which of the device's tabs sends. */
export interface Lead {
  /** Asks to lead; tells each time that it begins or ends. */
  start(told: (leads: boolean) => void): void;
  /** Takes the lead from another tab, which may be asleep: the tab in somebody's hand is awake. */
  take(): void;
}

const NAME = 'maitred.sender';

/** One tab at a time, by a Web Lock, which ends with its tab. */
export class LockLead implements Lead {
  #told: (leads: boolean) => void = () => {};
  #turn = 0;
  #leads = false;
  #queued = false;

  start(told: (leads: boolean) => void): void {
    this.#told = told;
    this.#queue();
  }

  take(): void {
    if (!this.#leads) void this.#ask({ steal: true });
  }

  #queue(): void {
    if (this.#queued) return;
    this.#queued = true;
    void this.#ask({}, () => (this.#queued = false));
  }

  async #ask(options: LockOptions, granted: () => void = () => {}): Promise<void> {
    let turn = 0;
    const hold = () => {
      granted();
      turn = ++this.#turn;
      this.#tell(true);
      return new Promise<void>(() => {});
    };
    await navigator.locks.request(NAME, options, hold).catch(() => {
      if (turn === this.#turn) this.#tell(false);
      this.#queue();
    });
  }

  #tell(leads: boolean): void {
    this.#leads = leads;
    this.#told(leads);
  }
}

/**
 * Every tab sends. For pages without Web Locks (plain http on the LAN): a command has one key in all tabs, so that two
 * tabs that send it do no harm.
 */
export class EveryoneLeads implements Lead {
  start(told: (leads: boolean) => void): void {
    told(true);
  }

  take(): void {}
}

export const lead = (): Lead => ('locks' in navigator ? new LockLead() : new EveryoneLeads());
