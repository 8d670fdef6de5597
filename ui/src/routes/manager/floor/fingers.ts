import type { Point } from './geometry';

/** The fingers, or the one mouse, that are down on the plan. */
export class Fingers {
  #at: { id: number; point: Point }[] = [];

  get count(): number {
    return this.#at.length;
  }

  put(id: number, point: Point): void {
    this.#at = [...this.#at.filter((finger) => finger.id !== id), { id, point }];
  }

  has = (id: number) => this.#at.some((finger) => finger.id === id);

  lift(id: number): void {
    this.#at = this.#at.filter((finger) => finger.id !== id);
  }

  liftAll(): void {
    this.#at = [];
  }

  /** How far the first two are apart, and what is between them. */
  spread(): { distance: number; middle: Point } {
    const [a = { x: 0, y: 0 }, b = a] = this.#at.map((finger) => finger.point);
    return {
      distance: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)),
      middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
    };
  }
}
