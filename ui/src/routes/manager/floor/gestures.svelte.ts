import type { Uuid } from '$lib/api/schema';
import { draft } from './draft.svelte';
import {
  type Dragged,
  type Moving,
  dragMoved,
  dragResized,
  dragTurned,
  frameBetween,
  isFramed,
} from './drags';
import { Fingers } from './fingers';
import { type Bounds, CORNERS, type Corner, type Point, around } from './geometry';
import { type Piece, type Plan, isTable, pieceBounds } from './plan';
import { combineToggled, painted } from './rooms';
import type { Guide } from './snap';
import type { View } from './view.svelte';

/** A finger or a mouse that moved less than this meant to tap. */
const TAP_PX = 5;
const PINCHED_BY = 2;
const MIDDLE_BUTTON = 1;

interface Tap {
  kind: 'tap';
  piece: Piece | null;
  adds: boolean;
  from: Point;
  /** What it becomes when it is held on to. */
  onto: 'move' | 'pan' | 'frame';
}

type Gesture =
  | Tap
  | ({ kind: 'move'; from: Point } & Moving)
  | { kind: 'resize'; plan: Plan; piece: Piece; corner: Corner; from: Point }
  | { kind: 'turn'; plan: Plan; piece: Piece }
  | { kind: 'frame'; from: Point; adds: boolean }
  | { kind: 'pan'; last: Point }
  | { kind: 'pinch'; distance: number; middle: Point };

const minus = (a: Point, b: Point): Point => ({ x: a.x - b.x, y: a.y - b.y });

/** What pointers do to the plan. A gesture shows its outcome while it lasts and is one step of the history after. */
export class Gestures {
  #view: View;
  #gesture: Gesture | null = null;
  #after: Plan | null = null;
  #fingers = new Fingers();
  guides = $state.raw<Guide[]>([]);
  frame = $state.raw<Bounds | null>(null);
  measure = $state.raw<(Point & { text: string }) | null>(null);
  moving = $state(false);
  /** A tap adds to the selection, and a drag over the floor draws a frame: what Shift does for those who have it. */
  several = $state(false);
  snaps = $state(true);
  /** The first of two tables that are to be combined. */
  first = $state<Uuid | null>(null);

  constructor(view: View) {
    this.#view = view;
  }

  // ---- pointers

  down(event: PointerEvent): void {
    if (event.button > MIDDLE_BUTTON) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#fingers.put(event.pointerId, inWindow(event));
    if (this.#fingers.count < PINCHED_BY) this.#gesture = this.#gestureAt(event);
    else if (this.#fingers.count === PINCHED_BY) this.#startPinch();
  }

  #gestureAt(event: PointerEvent): Gesture {
    const from = inWindow(event);
    if (event.button === MIDDLE_BUTTON) return { kind: 'pan', last: from };
    const handle = attributeAt(event, 'data-handle');
    const [single] = draft.selected;
    if (handle !== null && single && draft.plan) {
      const corner = CORNERS[Number(handle)];
      return corner
        ? { kind: 'resize', plan: draft.plan, piece: single, corner, from }
        : { kind: 'turn', plan: draft.plan, piece: single };
    }
    const id = attributeAt(event, 'data-piece');
    const piece = draft.pieces.find((one) => one.id === id) ?? null;
    const adds = event.shiftKey || event.ctrlKey || event.metaKey || this.several;
    const onFloor = event.pointerType === 'mouse' || this.several ? 'frame' : 'pan';
    const onto = draft.mode !== 'draw' ? 'pan' : piece ? 'move' : onFloor;
    return { kind: 'tap', piece, adds, from, onto };
  }

  move(event: PointerEvent): void {
    if (!this.#fingers.has(event.pointerId)) return;
    const at = inWindow(event);
    this.#fingers.put(event.pointerId, at);
    const gesture = this.#gesture;
    const how = { scale: this.#view.scale, snaps: this.snaps && !event.altKey };
    switch (gesture?.kind) {
      case undefined:
        return;
      case 'tap': {
        const { x, y } = minus(at, gesture.from);
        if (Math.hypot(x, y) > TAP_PX) this.#hold(gesture);
        return;
      }
      case 'move':
        return this.#show(dragMoved(gesture, minus(at, gesture.from), how), at);
      case 'resize': {
        const { plan, piece, corner, from } = gesture;
        return this.#show(dragResized(plan, piece, corner, minus(at, from), how), at);
      }
      case 'turn':
        return this.#show(dragTurned(gesture.plan, gesture.piece, this.#view.toPlan(at), how), at);
      case 'frame':
        this.frame = frameBetween(this.#view.toPlan(gesture.from), this.#view.toPlan(at));
        return;
      case 'pan':
        this.#view.pan(at.x - gesture.last.x, at.y - gesture.last.y);
        gesture.last = at;
        return;
      case 'pinch':
        return this.#pinch(gesture);
    }
  }

  up(event: PointerEvent): void {
    this.#fingers.lift(event.pointerId);
    const gesture = this.#gesture;
    if (gesture?.kind === 'tap') this.#tapped(gesture);
    if (gesture?.kind === 'frame') this.#selectFramed(gesture.adds);
    if (this.#after) draft.change(this.#after);
    this.#end();
  }

  cancel(): void {
    this.#fingers.liftAll();
    this.#giveUp();
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey)
      this.#view.zoom(Math.exp(-event.deltaY / 300), inWindow(event));
    else this.#view.pan(-event.deltaX, -event.deltaY);
  }

  #giveUp(): void {
    draft.preview(null);
    this.#end();
  }

  #end(): void {
    this.#gesture = null;
    this.#after = null;
    this.guides = [];
    this.frame = null;
    this.measure = null;
    this.moving = false;
  }

  // ---- drags

  #hold({ piece, adds, from, onto }: Tap): void {
    if (onto === 'pan') this.#gesture = { kind: 'pan', last: from };
    else if (onto === 'frame' || !piece || !draft.plan)
      this.#gesture = { kind: 'frame', from, adds };
    else this.#startMove(draft.plan, piece, { from, adds });
  }

  #startMove(plan: Plan, piece: Piece, { from, adds }: { from: Point; adds: boolean }): void {
    if (!draft.selection.has(piece.id))
      draft.select(adds ? [...draft.selection, piece.id] : [piece.id]);
    const ids = draft.selection;
    const others = draft.pieces.filter((one) => !ids.has(one.id)).map(pieceBounds);
    const bounds = around(draft.selected.map(pieceBounds));
    this.#gesture = { kind: 'move', plan, ids, from, bounds, others };
    this.moving = true;
  }

  #show({ plan, guides = [], measure }: Dragged, at: Point): void {
    this.guides = guides;
    this.measure = measure === undefined ? null : { ...at, text: measure };
    this.#after = plan;
    draft.preview(plan);
  }

  #selectFramed(adds: boolean): void {
    const { frame } = this;
    if (!frame) return;
    const framed = draft.pieces.filter((piece) => isFramed(piece, frame)).map(({ id }) => id);
    draft.select(adds ? [...draft.selection, ...framed] : framed);
  }

  #startPinch(): void {
    this.#giveUp();
    this.#gesture = { kind: 'pinch', ...this.#fingers.spread() };
  }

  #pinch(gesture: Extract<Gesture, { kind: 'pinch' }>): void {
    const { distance, middle } = this.#fingers.spread();
    this.#view.pan(middle.x - gesture.middle.x, middle.y - gesture.middle.y);
    this.#view.zoom(distance / gesture.distance, middle);
    Object.assign(gesture, { distance, middle });
  }

  // ---- taps

  #tapped({ piece, adds }: Tap): void {
    if (piece) this.tap(piece, adds);
    else if (!adds) draft.select([]);
  }

  /** What a tap, or the space bar, does to a piece in the mode that is on. */
  tap(piece: Piece, adds: boolean): void {
    const { brush, mode } = draft;
    if (mode === 'draw' && adds) draft.toggle(piece.id);
    else if (mode === 'draw') draft.select([piece.id]);
    else if (!isTable(piece)) return;
    else if (mode === 'combine') this.#combine(piece.id);
    else if (brush) draft.edit((plan) => painted(plan, brush, piece.id));
  }

  #combine(id: Uuid): void {
    const { first } = this;
    if (first && first !== id) draft.edit((plan) => combineToggled(plan, first, id));
    this.first = first ? null : id;
    draft.select(this.first ? [this.first] : []);
  }
}

function inWindow(event: MouseEvent): Point {
  const { left, top } = (event.currentTarget as Element).getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

const attributeAt = (event: Event, name: string) =>
  (event.target as Element).closest(`[${name}]`)?.getAttribute(name) ?? null;
