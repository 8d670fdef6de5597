import type { ItemView, Uuid } from '$lib/api/schema';
import { live } from '$lib/live/live.svelte';
import * as commands from '$lib/live/commands';
import type { NewLine } from '$lib/live/commands';
import { tried } from '$lib/ui/toasts.svelte';
import { groupByCourse, isAlive } from './courses';

/** A line the hub has not yet answered for: shown as saving, never as ordered. */
export interface SavingLine extends NewLine {
  key: number;
  name: string;
  totalMinor: number;
}

/** What the waiter's hand is set to, and what it has put down that is still on its way. */
export class OrderPad {
  #next = 1;
  #last: Promise<unknown> = Promise.resolve();
  seat = $state<number | null>(null);
  /** Null: each item goes to its own course. */
  course = $state<number | null>(null);
  saving = $state<SavingLine[]>([]);

  constructor(readonly checkId: Uuid) {}

  newLine(item: ItemView): NewLine {
    return {
      item_id: item.id,
      quantity: 1,
      seat: this.seat,
      course: this.course ?? item.course,
      modifiers: [],
      note: '',
    };
  }

  async add(item: ItemView, line: NewLine, unitMinor: number): Promise<void> {
    const key = this.#next++;
    this.saving.push({ ...line, key, name: item.name, totalMinor: unitMinor * line.quantity });
    const answer = tried(commands.addLines(this.checkId, [line]));
    this.#last = answer;
    await answer;
    this.saving = this.saving.filter((one) => one.key !== key);
  }

  /** Resolves when the hub has answered for everything put down so far. */
  async settled(): Promise<void> {
    await this.#last;
  }
}

/**
 * Sends what is new. A course on hold stays on hold, with what was added to it; the rest is fired.
 */
export async function sendNew(checkId: Uuid): Promise<void> {
  const check = live.views.get(checkId);
  if (!check) return;
  const withNew = groupByCourse(check).filter(({ lines }) =>
    lines.some((line) => isAlive(line) && line.progress === 'new'),
  );
  const isHeld = (course: number) =>
    check.lines.some((l) => l.course === course && isAlive(l) && l.progress === 'held');
  const anyHeld = check.lines.some((line) => isAlive(line) && line.progress === 'held');
  if (!anyHeld) {
    await commands.fire(check.id);
    return;
  }
  for (const { course } of withNew) {
    if (isHeld(course)) await commands.hold(check.id, course);
    else await commands.fire(check.id, course);
  }
}
