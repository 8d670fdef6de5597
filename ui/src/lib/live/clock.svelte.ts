/** The hub's time, ticking once a second. A station's own clock is never trusted, only measured against the hub's. */
class Clock {
  #offsetMs = 0;
  now = $state(Date.now());
  /** Milliseconds since the page opened; never jumps. */
  monotonic = $state(performance.now());

  constructor() {
    setInterval(() => this.tick(), 1000);
  }

  tick(): void {
    this.now = Date.now() + this.#offsetMs;
    this.monotonic = performance.now();
  }

  hubSays(instant: string): void {
    const at = Date.parse(instant);
    if (!Number.isNaN(at)) this.#offsetMs = at - Date.now();
  }

  /** Whole seconds since an instant; never negative. */
  secsSince(instant: string): number {
    return Math.max(0, Math.floor((this.now - Date.parse(instant)) / 1000));
  }
}

export const clock = new Clock();
