import * as cloud from '$lib/api/cloud';
import { clock } from '$lib/live/clock.svelte';
import { live } from '$lib/live/live.svelte';

const AGAIN_MS = 3_000;

/** One venue as it is now: read when it is opened, and whenever its stream says that it changed. */
export class Followed {
  now = $state.raw<cloud.VenueNow | null>(null);
  report = $state.raw<cloud.Report | null>(null);
  problem = $state.raw<unknown>(null);
  /** Grows with every change, so that a page knows to look again. */
  changes = $state(0);
  isLive = $state(true);

  #stream: EventSource | null = null;
  #reading = false;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly id: string) {}

  start(): () => void {
    void this.read();
    return () => {
      clearTimeout(this.#timer);
      this.#stream?.close();
      this.#stream = null;
    };
  }

  /** One reading at a time; what changes meanwhile is read after it. */
  async read(): Promise<void> {
    this.#again = this.#reading;
    if (this.#reading) return;
    this.#reading = true;
    try {
      const [now, report] = await Promise.all([cloud.venue(this.id), cloud.report(this.id)]);
      live.venue = now.settings;
      clock.tick();
      [this.now, this.report, this.problem] = [now, report, null];
      this.changes += 1;
      this.#follow();
    } catch (error) {
      this.problem = error;
      if (!cloud.isNobody(error)) this.#timer = setTimeout(() => void this.read(), AGAIN_MS);
    }
    this.#reading = false;
    if (this.#again) void this.read();
  }

  #follow(): void {
    if (this.#stream) return;
    const stream = new EventSource(cloud.eventsUrl(this.id));
    this.#stream = stream;
    let isFirst = true;
    stream.addEventListener('open', () => (this.isLive = true));
    stream.addEventListener('changed', () => {
      if (!isFirst) void this.read();
      isFirst = false;
    });
    stream.addEventListener('error', () => {
      this.isLive = false;
      // A browser comes back by itself unless it was refused.
      if (stream.readyState !== EventSource.CLOSED) return;
      this.#stream = null;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.read(), AGAIN_MS);
    });
  }
}
