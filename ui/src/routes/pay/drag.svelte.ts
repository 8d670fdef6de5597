/** Farther than this, a finger drags; nearer, it taps. */
const DRAG_AFTER_PX = 8;
/** This near an edge, what is dragged pulls the view along. */
const EDGE_PX = 36;
const SCROLL_PX = 14;

interface Drag {
  key: string;
  x: number;
  y: number;
  over: string | null;
}

/**
 * Drags things between columns with any pointer. The columns carry `data-column`, and scroll sideways by themselves;
 * up and down the finger still scrolls, so a drag begins sideways.
 */
export class Dragging {
  now = $state.raw<Drag | null>(null);
  #start: { key: string; x: number; y: number } | null = null;
  #wasDragged = false;

  constructor(readonly ondrop: (key: string, column: string) => void) {}

  down(event: PointerEvent, key: string): void {
    if (event.button !== 0) return;
    this.#wasDragged = false;
    this.#start = { key, x: event.clientX, y: event.clientY };
  }

  move(event: PointerEvent): void {
    const start = this.#start;
    if (!start) return;
    const { clientX: x, clientY: y } = event;
    if (!this.now && Math.hypot(x - start.x, y - start.y) < DRAG_AFTER_PX) return;
    if (!this.now) (event.currentTarget as Element).setPointerCapture(event.pointerId);
    const under = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-column]');
    this.now = { key: start.key, x, y, over: under?.dataset.column ?? null };
    this.#wasDragged = true;
    pullAlong(event.currentTarget as Element, x);
  }

  up(): void {
    const drag = this.now;
    this.cancel();
    if (drag?.over) this.ondrop(drag.key, drag.over);
  }

  cancel(): void {
    this.#start = null;
    this.now = null;
  }

  /** A drag ends in a click that nobody meant; a key's click has no pointer, and so no count. */
  wasMeant(click: MouseEvent): boolean {
    return click.detail === 0 || !this.#wasDragged;
  }
}

function pullAlong(from: Element, x: number): void {
  const scroller = from.closest('[data-columns]');
  if (!scroller) return;
  const { left, right } = scroller.getBoundingClientRect();
  if (x < left + EDGE_PX) scroller.scrollLeft -= SCROLL_PX;
  if (x > right - EDGE_PX) scroller.scrollLeft += SCROLL_PX;
}
