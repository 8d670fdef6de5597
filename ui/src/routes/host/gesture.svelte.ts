import { panned, pinched, type Box, type Point, type Room, type View } from './viewport';

/** A finger that trembles has not begun to move. */
const STILL_PX = 9;
const DOUBLE_TAP_MS = 320;

export interface GestureParts {
  room: () => Room;
  box: () => Box;
  view: () => View;
  move: (view: View) => void;
  /** The finger left the plan; what moved may be drawn sharp again. */
  rest: () => void;
  /** What can be dragged from here, if anything. */
  grip: (target: Element) => string | null;
  drop: (from: string, at: Point) => void;
  /** Twice at the same place, on nothing that answers a tap itself. */
  doubleTap: (at: Point) => void;
}

type Mode =
  | { kind: 'idle' }
  | { kind: 'press'; start: Point; grip: string | null; onTable: boolean }
  | { kind: 'pan' }
  | { kind: 'pinch' }
  | { kind: 'drag'; from: string };

/** Reads fingers, pen and mouse on a plan: one moves it or drags a table, two pinch it. */
export class Gesture {
  #parts: GestureParts;
  #mode: Mode = { kind: 'idle' };
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on a screen reads single fingers
  #fingers = new Map<number, Point>();
  #lastTap = { at: 0, x: 0, y: 0 };
  #isMoving = false;
  /** Where the plan's box is: asked when the first finger comes, because to ask again would lay the page out. */
  #origin: Point = { x: 0, y: 0 };

  /** The dragged thing and where the finger is, while there is one. */
  dragging = $state.raw<{ from: string; at: Point } | null>(null);

  constructor(parts: GestureParts) {
    this.#parts = parts;
  }

  down(event: PointerEvent): void {
    if (event.button !== 0) return;
    if (this.#fingers.size === 0) this.#origin = originOf(event.currentTarget as Element);
    const target = event.target as Element;
    this.#fingers.set(event.pointerId, this.#pointOf(event));
    if (this.#fingers.size === 2) {
      this.#stopDragging();
      this.#begin({ kind: 'pinch' }, event);
    } else if (this.#fingers.size === 1) {
      const grip = this.#parts.grip(target);
      const onTable = target.closest('button') !== null;
      this.#mode = { kind: 'press', start: this.#pointOf(event), grip, onTable };
    }
  }

  move(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const now = this.#pointOf(event);
    if (this.#mode.kind === 'press') this.#leavePress(this.#mode, now, event);
    if (this.#mode.kind === 'press') return;
    const { view, room, box } = this.#parts;
    if (this.#mode.kind === 'pan') {
      const by = { x: now.x - before.x, y: now.y - before.y };
      this.#parts.move(panned(view(), by, room(), box()));
    } else if (this.#mode.kind === 'pinch') {
      const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) this.#parts.move(pinched(view(), [before, other], [now, other], room(), box()));
    } else if (this.#mode.kind === 'drag') {
      this.dragging = { from: this.#mode.from, at: now };
    }
    this.#fingers.set(event.pointerId, now);
  }

  up(event: PointerEvent): void {
    if (!this.#fingers.delete(event.pointerId)) return;
    const mode = this.#mode;
    if (mode.kind === 'drag' && event.type === 'pointerup')
      this.#parts.drop(mode.from, this.#pointOf(event));
    if (mode.kind === 'press' && !mode.onTable) this.#tap(event);
    if (mode.kind === 'pinch' && this.#fingers.size === 1) {
      this.#mode = { kind: 'pan' };
      return;
    }
    this.#stopDragging();
    this.#mode = { kind: 'idle' };
    if (this.#isMoving) {
      this.#isMoving = false;
      this.#parts.rest();
    }
  }

  cancelDrag(): void {
    if (this.#mode.kind === 'drag') this.#mode = { kind: 'idle' };
    this.#stopDragging();
  }

  #leavePress(press: Extract<Mode, { kind: 'press' }>, now: Point, event: PointerEvent): void {
    if (Math.hypot(now.x - press.start.x, now.y - press.start.y) < STILL_PX) return;
    this.#begin(press.grip ? { kind: 'drag', from: press.grip } : { kind: 'pan' }, event);
  }

  /** From here on the plan has the finger: what lies under it hears neither its end nor a click. */
  #begin(mode: Mode, event: PointerEvent): void {
    this.#mode = mode;
    this.#isMoving = mode.kind !== 'drag';
    for (const id of this.#fingers.keys()) (event.currentTarget as Element).setPointerCapture(id);
  }

  #tap(event: PointerEvent): void {
    const { x, y } = this.#pointOf(event);
    const last = this.#lastTap;
    const twice =
      event.timeStamp - last.at < DOUBLE_TAP_MS && Math.hypot(x - last.x, y - last.y) < 30;
    this.#lastTap = { at: twice ? 0 : event.timeStamp, x, y };
    if (twice) this.#parts.doubleTap({ x, y });
  }

  /** Within the plan's box, not the page. */
  #pointOf({ clientX, clientY }: PointerEvent): Point {
    return { x: clientX - this.#origin.x, y: clientY - this.#origin.y };
  }

  #stopDragging(): void {
    this.dragging = null;
  }
}

function originOf(box: Element): Point {
  const { left, top } = box.getBoundingClientRect();
  return { x: left, y: top };
}
