import { SvelteMap } from 'svelte/reactivity';
import type { CheckView, ItemView, LineView, Uuid } from '$lib/api/schema';
import { live } from '$lib/live/live.svelte';
import * as commands from '$lib/live/commands';
import type { NewLine } from '$lib/live/commands';
import { tried } from '$lib/ui/toasts.svelte';
import { allergiesTold, noteWithAllergies, splitNote, type Seat } from './allergy';
import { groupByCourse, isFired, isNew, lineName } from './courses';
import { again, unitsOf } from './again';

/** Something this pad did that the kitchen has not seen, and that can therefore be taken back without a question. */
export type Step =
  { kind: 'added'; name: string; ids: Uuid[] } | { kind: 'removed'; name: string; line: NewLine };

const STEPS_MAX = 50;
const PADS_MAX = 40;

/** What the waiter's hand is set to, and what it did. */
export class OrderPad {
  #last: Promise<unknown> = Promise.resolve();
  seat = $state<Seat>(null);
  /** Null: each item goes to its own course. */
  course = $state<number | null>(null);
  lastSent = $state.raw<Uuid[]>([]);
  #steps = $state.raw<Step[]>([]);
  /** Allergies told to this pad; a seat that is not in it is known by its lines. */
  #told = new SvelteMap<Seat, string[]>();

  constructor(readonly checkId: Uuid) {}

  newLine(item: ItemView): NewLine {
    return {
      item_id: item.id,
      quantity: 1,
      seat: this.seat,
      course: this.course ?? item.course,
      modifiers: [],
      note: noteWithAllergies(this.mustKnow(this.seat), ''),
    };
  }

  /** The allergies of one seat; of nobody's seat, those that no seat has. */
  allergiesOf(seat: Seat): string[] {
    const told = this.#told.get(seat) ?? allergiesTold(this.#check?.lines ?? [], seat);
    if (seat !== null) return told;
    const known = this.#allergiesOfSeats();
    return told.filter((name) => !known.includes(name));
  }

  /** What the kitchen must know about a line of this seat. Everybody eats of what is shared. */
  mustKnow(seat: Seat): string[] {
    if (seat !== null) return this.allergiesOf(seat);
    return [...this.allergiesOf(null), ...this.#allergiesOfSeats()];
  }

  #allergiesOfSeats(): string[] {
    const seats = [...this.#told.keys(), ...(this.#check?.lines ?? []).map((line) => line.seat)];
    return seats
      .filter(isFirst)
      .flatMap((seat) => (seat === null ? [] : this.allergiesOf(seat)))
      .filter(isFirst);
  }

  remember(seat: Seat, allergies: string[]): void {
    this.#told.set(seat, allergies);
  }

  /** Remembers the allergies of a seat, and writes them on what it ordered that the kitchen does not have yet. */
  async tell(seat: Seat, allergies: string[]): Promise<void> {
    this.remember(seat, allergies);
    const unsent = this.#check?.lines.filter((line) => isNew(line) && line.seat === seat) ?? [];
    for (const line of unsent) {
      const note = noteWithAllergies(this.mustKnow(seat), splitNote(line.note).text);
      if (note !== line.note) await this.change(line, { ...again(line), note });
    }
  }

  add(line: NewLine): void {
    const name = line.open?.name || (live.items.get(line.item_id)?.name ?? '');
    this.#put([line], lineName({ ...line, name, open: line.open !== undefined }));
  }

  addAll(lines: NewLine[]): void {
    this.#put(lines, `${unitsOf(lines)}`);
  }

  #put(lines: NewLine[], name: string): void {
    const { ids, named } = commands.addLines(this.checkId, lines);
    const step: Step = { kind: 'added', name, ids };
    this.#did(step);
    this.#last = tried(named).then((real) => {
      this.#steps = this.#steps.map((one) => (one === step && real ? { ...one, ids: real } : one));
    });
  }

  /** The hub changes a line where it stands; to another course, or to nobody's seat, it goes as a new one. */
  async change(line: LineView, to: NewLine): Promise<void> {
    const { quantity, modifiers, note, seat, course } = to;
    const stays = course === line.course && (seat !== null || line.seat === null);
    if (stays && this.#hubKnows(line))
      await tried(commands.changeLine(this.checkId, line.id, { quantity, modifiers, note, seat }));
    else if (await tried(commands.voidLine(this.checkId, line.id, ''))) this.add(to);
  }

  /** A line that only this device knows is ordered anew, so that what it is now can be seen. */
  #hubKnows({ id }: LineView): boolean {
    return live.whole.held.get(this.checkId)?.lines.some((line) => line.id === id) ?? false;
  }

  /** Takes off a line that was not sent. */
  async remove(line: LineView): Promise<void> {
    if (await tried(commands.voidLine(this.checkId, line.id, '')))
      this.#did({ kind: 'removed', name: lineName(line), line: again(line) });
  }

  #did(step: Step): void {
    this.#steps = [...this.#steps, step].slice(-STEPS_MAX);
  }

  /** The last thing that can still be taken back: what the kitchen has is no longer a slip of the finger. */
  get lastStep(): Step | undefined {
    return this.#steps.findLast(
      (step) => step.kind === 'removed' || this.#unsentOf(step).length > 0,
    );
  }

  #unsentOf(step: Extract<Step, { kind: 'added' }>): LineView[] {
    return this.#check?.lines.filter((line) => step.ids.includes(line.id) && isNew(line)) ?? [];
  }

  async undo(): Promise<void> {
    const step = this.lastStep;
    if (!step) return;
    this.#steps = this.#steps.filter((one) => one !== step);
    if (step.kind === 'added') {
      for (const line of this.#unsentOf(step))
        await tried(commands.voidLine(this.checkId, line.id, ''));
    } else {
      await tried(commands.addLines(this.checkId, [step.line]).named);
    }
  }

  /** Sends what is new. A course on hold stays on hold, with what was added to it; the rest is fired. */
  async send(): Promise<void> {
    await this.#last;
    const check = this.#check;
    if (!check) return;
    const ids = check.lines.filter(isNew).map((line) => line.id);
    await fireOrHold(check);
    const sent = this.#check?.lines.filter((line) => ids.includes(line.id) && isFired(line)) ?? [];
    if (sent.length > 0) this.lastSent = sent.map((line) => line.id);
  }

  get #check(): CheckView | undefined {
    return live.views.get(this.checkId);
  }
}

const isFirst = <T>(one: T, index: number, all: T[]) => all.indexOf(one) === index;

async function fireOrHold(check: CheckView): Promise<void> {
  const isHeld = (course: number) =>
    check.lines.some((line) => line.course === course && !line.void && line.progress === 'held');
  if (!check.lines.some((line) => isHeld(line.course))) {
    await commands.fire(check.id);
    return;
  }
  for (const { course, lines } of groupByCourse(check)) {
    if (!lines.some(isNew)) continue;
    if (isHeld(course)) await commands.hold(check.id, course);
    else await commands.fire(check.id, course);
  }
}

// eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on a screen reads which pads there are
const pads = new Map<Uuid, OrderPad>();

/** The pad of a check. It outlives the page: a waiter who looks elsewhere comes back to the same seat and course. */
export function padOf(check: Uuid): OrderPad {
  const pad = pads.get(check) ?? new OrderPad(check);
  pads.delete(check);
  pads.set(check, pad);
  for (const oldest of pads.keys()) {
    if (pads.size <= PADS_MAX) break;
    pads.delete(oldest);
  }
  return pad;
}
