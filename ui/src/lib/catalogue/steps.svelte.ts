/** More than anybody takes in an evening. */
const STEPS_MAX = 1000;
/** Keys typed into one field within this time are one step of undo. */
const ONE_STEP_MS = 2000;

/** The steps that can be undone and done again. */
export class Steps<T> {
  #past = $state.raw<T[]>([]);
  #future = $state.raw<T[]>([]);
  #last = { tag: '', at: 0 };

  canUndo = $derived(this.#past.length > 0);
  canRedo = $derived(this.#future.length > 0);

  /** Remembers what was there before a step; `tag` names what is touched, so that typing is one step. */
  before(present: T, tag: string, at: number): void {
    const goesOn = tag !== '' && tag === this.#last.tag && at - this.#last.at < ONE_STEP_MS;
    if (!goesOn) this.#past = [...this.#past, present].slice(-STEPS_MAX);
    this.#last = { tag, at };
    this.#future = [];
  }

  /** What was there before the last step; `present` can then be had again. */
  undo(present: T): T | undefined {
    const before = this.#past.at(-1);
    if (before === undefined) return undefined;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, present];
    this.#last = { tag: '', at: 0 };
    return before;
  }

  redo(present: T): T | undefined {
    const after = this.#future.at(-1);
    if (after === undefined) return undefined;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, present];
    this.#last = { tag: '', at: 0 };
    return after;
  }

  forget(): void {
    this.#past = [];
    this.#future = [];
    this.#last = { tag: '', at: 0 };
  }
}
