import { grown, touches, type Placed, type Room } from './viewport';

/** So much further with every frame, and so far in all, in pixels: a finger that goes on finds it written. */
const STEP_PX = 100;
const REACH_PX = 400;
/** Fingers that come again at once are not to wait for what nobody sees. */
const PAUSE_MS = 150;

/** Which tables of a plan are written on: what was seen when it came to rest at once, what lies around it frame by frame. */
export class Writing {
  #isHeld: () => boolean;
  #part = $state.raw<Room>({ left: 0, top: 0, width: 0, height: 0 });
  #wanted: Room = this.#part;
  #step = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;

  /** @param isHeld while fingers move the plan, nothing is added to it */
  constructor(isHeld: () => boolean) {
    this.#isHeld = isHeld;
  }

  /** Writes what is seen at `u` pixels for a unit, and nothing that was written at another. */
  begin(seen: Room, u: number): void {
    this.#part = seen;
    this.goOn(seen, u);
  }

  /** Writes what a finger drew into sight, with a little more, so that not every movement does. */
  follow(seen: Room, u: number): void {
    if (!holds(this.#part, seen)) this.#part = united(this.#part, grown(seen, STEP_PX / u));
  }

  /** Writes what is seen now and what lies around it, too. */
  goOn(seen: Room, u: number): void {
    this.end();
    this.follow(seen, u);
    this.#wanted = grown(seen, REACH_PX / u);
    this.#step = STEP_PX / u;
    this.#pause = setTimeout(() => this.#grow(), PAUSE_MS);
  }

  reaches(thing: Placed): boolean {
    return touches(this.#part, thing);
  }

  end(): void {
    clearTimeout(this.#pause);
    cancelAnimationFrame(this.#frame);
  }

  #grow(): void {
    if (!this.#isHeld()) this.#part = towards(this.#part, this.#wanted, this.#step);
    if (!holds(this.#part, this.#wanted)) this.#frame = requestAnimationFrame(() => this.#grow());
  }
}

/** A part whose edges went on by `step`, though no further than they are wanted, nor back. */
function towards(part: Room, wanted: Room, step: number): Room {
  const left = Math.min(part.left, Math.max(wanted.left, part.left - step));
  const top = Math.min(part.top, Math.max(wanted.top, part.top - step));
  const right = Math.max(rightOf(part), Math.min(rightOf(wanted), rightOf(part) + step));
  const bottom = Math.max(bottomOf(part), Math.min(bottomOf(wanted), bottomOf(part) + step));
  return { left, top, width: right - left, height: bottom - top };
}

/** The smallest part that has both. */
function united(one: Room, other: Room): Room {
  const [left, top] = [Math.min(one.left, other.left), Math.min(one.top, other.top)];
  const width = Math.max(rightOf(one), rightOf(other)) - left;
  const height = Math.max(bottomOf(one), bottomOf(other)) - top;
  return { left, top, width, height };
}

const holds = (part: Room, wanted: Room) =>
  part.left <= wanted.left &&
  part.top <= wanted.top &&
  rightOf(part) >= rightOf(wanted) &&
  bottomOf(part) >= bottomOf(wanted);

const rightOf = ({ left, width }: Room) => left + width;
const bottomOf = ({ top, height }: Room) => top + height;
