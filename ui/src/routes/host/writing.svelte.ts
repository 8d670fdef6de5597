import { grown, touches, type Placed, type Room } from './viewport';

/** So much further with every frame, in pixels. */
const STEP_PX = 160;

export interface WritingParts {
  /** While fingers move the plan, nothing is added to it. */
  isHeld: () => boolean;
  whole: () => Room;
}

/** Which tables of a plan are written on: what was seen when it came to rest at once, what lies around it frame by frame. */
export class Writing {
  #parts: WritingParts;
  #part = $state.raw<Room | null>(null);
  #frame: number | undefined;

  constructor(parts: WritingParts) {
    this.#parts = parts;
  }

  /** Begins anew with what is seen, at `u` pixels for a unit. */
  begin(seen: Room, u: number): void {
    this.end();
    this.#part = seen;
    if (u > 0) this.#goOn(STEP_PX / u);
  }

  reaches(thing: Placed): boolean {
    return this.#part === null || touches(this.#part, thing);
  }

  end(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #goOn(step: number): void {
    this.#frame = requestAnimationFrame(() => {
      if (this.#part && !this.#parts.isHeld()) this.#part = grown(this.#part, step);
      if (this.#part && holds(this.#part, this.#parts.whole())) this.#part = null;
      if (this.#part) this.#goOn(step);
      else this.end();
    });
  }
}

const holds = (part: Room, whole: Room) =>
  part.left <= whole.left &&
  part.top <= whole.top &&
  part.left + part.width >= whole.left + whole.width &&
  part.top + part.height >= whole.top + whole.height;
