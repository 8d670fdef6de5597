import { live } from '$lib/live/live.svelte';

export type StepName = 'tables' | 'menu' | 'printer' | 'order';

export const STEPS: StepName[] = ['tables', 'menu', 'printer', 'order'];

const STORED_AS = 'maitred.setup-skipped';

/**
 * How far the venue is. What is done is seen from the venue itself, so that it can be gone on with at any time and on
 * any screen; only what somebody chose to skip is kept, on this screen.
 */
class SetupProgress {
  #skipped = $state<StepName[]>(stored());

  isDone(step: StepName): boolean {
    switch (step) {
      case 'tables':
        return live.tables.size > 0;
      case 'menu':
        return live.items.size > 0;
      case 'printer':
        return live.printers.size > 0;
      case 'order':
        return live.checks.size > 0 || live.tickets.size > 0;
    }
  }

  isSkipped = (step: StepName) => this.#skipped.includes(step);

  skip(step: StepName): void {
    if (!this.isSkipped(step)) this.#keep([...this.#skipped, step]);
  }

  skipAll(): void {
    this.#keep([...STEPS]);
  }

  takeUp(step: StepName): void {
    this.#keep(this.#skipped.filter((one) => one !== step));
  }

  /** The first step that is neither done nor skipped. */
  get next(): StepName | null {
    return STEPS.find((step) => !this.isDone(step) && !this.isSkipped(step)) ?? null;
  }

  #keep(skipped: StepName[]): void {
    this.#skipped = skipped;
    localStorage.setItem(STORED_AS, JSON.stringify(skipped));
  }
}

function stored(): StepName[] {
  const text = localStorage.getItem(STORED_AS);
  return text ? (JSON.parse(text) as StepName[]) : [];
}

export const progress = new SetupProgress();
