/** Soon enough for what is counted in minutes. */
const COARSE_MS = 5000;
const coarsely = (ms: number) => Math.floor(ms / COARSE_MS) * COARSE_MS;

/** The hub's time, ticking once a second. A station's own clock is never trusted, only measured against the hub's. */
class Clock {
  #offsetMs = 0;
  now = $state(Date.now());
  /** The same in steps of five seconds, for what there are hundreds of on a screen. */
  coarse = $state(coarsely(Date.now()));
  /** This device's own time, for what only this device knows. */
  own = $state(Date.now());
  /** Milliseconds since the page opened; never jumps. */
  monotonic = $state(performance.now());

  constructor() {
    setInterval(() => this.tick(), 1000);
  }

  tick(): void {
    this.own = Date.now();
    this.now = this.own + this.#offsetMs;
    this.coarse = coarsely(this.now);
    this.monotonic = performance.now();
  }

  hubSays(instant: string): void {
    const at = Date.parse(instant);
    if (!Number.isNaN(at)) this.#offsetMs = at - Date.now();
  }

  /** How far the hub's clock is ahead of this device's. */
  get aheadMs(): number {
    return this.#offsetMs;
  }

  /** Goes on with what was measured before a reload. */
  resume(aheadMs: number): void {
    this.#offsetMs = aheadMs;
    this.tick();
  }

  /** Whole seconds since an instant; never negative. */
  secsSince(instant: string): number {
    return Math.max(0, Math.floor((this.now - Date.parse(instant)) / 1000));
  }
}

export const clock = new Clock();
