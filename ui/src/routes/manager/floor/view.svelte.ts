import type { Bounds, Point } from './geometry';

const SCALE_MAX = 40;
/** Room left around what is fitted, as a part of the window. */
const MARGIN_PART = 0.03;

/** Which part of the plan the window shows: `left`, `top` in pixels of a plan drawn at `scale` pixels a unit. */
export class View {
  width = $state(0);
  height = $state(0);
  scale = $state(8);
  left = $state(0);
  top = $state(0);
  #room: Bounds = { left: 0, top: 0, right: 100, bottom: 60 };
  #fitted = true;

  /** The size of the window; what was fitted stays fitted. */
  sized(width: number, height: number): void {
    this.width = width;
    this.height = height;
    if (this.#fitted) this.fit();
  }

  fit(to: Bounds = this.#room): void {
    this.#room = to;
    const [across, down] = [to.right - to.left, to.bottom - to.top];
    const room = (size: number) => Math.max(1, size * (1 - 2 * MARGIN_PART));
    this.scale = Math.min(SCALE_MAX, room(this.width) / across, room(this.height) / down);
    this.left = ((to.left + to.right) / 2) * this.scale - this.width / 2;
    this.top = ((to.top + to.bottom) / 2) * this.scale - this.height / 2;
    this.#fitted = true;
  }

  pan(dx: number, dy: number): void {
    this.left -= dx;
    this.top -= dy;
    this.#fitted = false;
  }

  /** Zooms about a point of the window, which stays where it is. */
  zoom(factor: number, about: Point = { x: this.width / 2, y: this.height / 2 }): void {
    const smallest = Math.min(this.width / 200, this.height / 120);
    const scale = Math.min(SCALE_MAX, Math.max(smallest, this.scale * factor));
    const grown = scale / this.scale;
    this.left = (this.left + about.x) * grown - about.x;
    this.top = (this.top + about.y) * grown - about.y;
    this.scale = scale;
    this.#fitted = false;
  }

  /** From pixels of the window to units of the plan. */
  toPlan({ x, y }: Point): Point {
    return { x: (x + this.left) / this.scale, y: (y + this.top) / this.scale };
  }

  toWindow({ x, y }: Point): Point {
    return { x: x * this.scale - this.left, y: y * this.scale - this.top };
  }

  get middle(): Point {
    return this.toPlan({ x: this.width / 2, y: this.height / 2 });
  }
}
