import { refusalOf, type Change, type Finding } from './change';

export type CheckState = 'none' | 'checking' | 'checked' | 'unreachable';

export interface CheckParts {
  check: (changes: Change[]) => Promise<Finding[]>;
  later: (ms: number, task: () => void) => () => void;
}

const CHECK_AFTER_MS = 500;

/** What the hub says of a draft, asked a moment after each change; an answer about an older draft is not believed. */
export class Check {
  #parts: CheckParts;
  #cancel = () => {};
  #asked = 0;

  findings = $state.raw<Finding[]>([]);
  state = $state<CheckState>('none');

  constructor(parts: CheckParts) {
    this.#parts = parts;
  }

  soon(changes: () => Change[]): void {
    this.#cancel();
    const asked = (this.#asked += 1);
    this.state = 'checking';
    this.#cancel = this.#parts.later(CHECK_AFTER_MS, () => void this.#ask(asked, changes()));
  }

  told(findings: Finding[], state: CheckState): void {
    this.findings = findings;
    this.state = state;
  }

  async #ask(asked: number, changes: Change[]): Promise<void> {
    try {
      const findings = await this.#parts.check(changes);
      if (asked === this.#asked) this.told(findings, 'checked');
    } catch (error) {
      if (asked !== this.#asked) return;
      const found = refusalOf(error);
      this.told(found ?? this.findings, found ? 'checked' : 'unreachable');
    }
  }
}
