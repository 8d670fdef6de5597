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
  /** What is wrong with the catalogue as it is published. */
  #before: Promise<Finding[]> | null = null;

  findings = $state.raw<Finding[]>([]);
  /** Those that the draft itself brings about; the rest is so already. */
  own = $state.raw<Finding[]>([]);
  state = $state<CheckState>('none');

  constructor(parts: CheckParts) {
    this.#parts = parts;
  }

  /** The catalogue is another one now. */
  afresh(): void {
    this.#before = null;
  }

  soon(changes: () => Change[]): void {
    this.#cancel();
    const asked = (this.#asked += 1);
    this.state = 'checking';
    this.#cancel = this.#parts.later(CHECK_AFTER_MS, () => void this.#ask(asked, changes()));
  }

  told(findings: Finding[], state: CheckState, before: Finding[] = []): void {
    this.findings = findings;
    this.own = findings.filter((one) => !before.some((other) => isSame(one, other)));
    this.state = state;
  }

  async #ask(asked: number, changes: Change[]): Promise<void> {
    try {
      this.#before ??= this.#parts.check([]);
      const mine = changes.length > 0 ? this.#parts.check(changes) : this.#before;
      const [findings, before] = await Promise.all([mine, this.#before]);
      if (asked === this.#asked) this.told(findings, 'checked', before);
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#before = null;
      const found = refusalOf(error);
      this.told(found ?? this.findings, found ? 'checked' : 'unreachable');
    }
  }
}

const isSame = (a: Finding, b: Finding) =>
  a.code === b.code &&
  a.kind === b.kind &&
  a.id === b.id &&
  a.field === b.field &&
  a.other_id === b.other_id;
