import type { ItemView, Uuid } from '$lib/api/schema';
import { live } from '$lib/live/live.svelte';
import * as commands from '$lib/live/commands';
import type { NewLine } from '$lib/live/commands';
import { tried } from '$lib/ui/toasts.svelte';
import { groupByCourse, isAlive } from './courses';

/** What the waiter's hand is set to, and the last thing it put down. */
export class OrderPad {
  #last: Promise<unknown> = Promise.resolve();
  seat = $state<number | null>(null);
  /** Null: each item goes to its own course. */
  course = $state<number | null>(null);

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

  add(line: NewLine): void {
    this.#last = tried(commands.addLines(this.checkId, [line]));
  }

  /** Resolves when everything put down so far has arrived, or waits in order. */
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
