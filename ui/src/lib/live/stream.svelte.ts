import { askAt, eventsUrl } from '$lib/api/client';
import { hubs } from '$lib/api/hubs.svelte';
import * as query from '$lib/api/queries';
import type { ChangeEvent, DeviceEvent, Heartbeat, PrintEvent } from '$lib/api/schema';
import { clock } from './clock.svelte';
import { Cursor } from './cursor';
import { devices } from './devices.svelte';
import { live } from './live.svelte';
import { outbox } from './outbox.svelte';
import { Seeker } from './seeker';

export const STALE_AFTER_MS = 5000;
/** A connection this long without a heartbeat is dead, whatever the browser believes. */
const DEAD_AFTER_MS = 8000;
const RETRY_MS = 1500;
/** Another address of the hub that does not say a word by then is none. */
const LOOK_MS_MAX = 1200;
/** A picture that was kept on the device is called old when the hub has not been heard of so long after the start. */
const GRACE_MS = 1500;

/** What the stream drives; replaced in tests. */
export interface StreamParts {
  open: () => EventSource;
  fetchAll: () => Promise<void>;
  apply: (event: ChangeEvent) => void;
  applyPrint: (event: PrintEvent) => void;
  applyDevice: (event: DeviceEvent) => void;
  /** The hub was heard of. */
  beat: () => void;
  /** Other hubs joined the one that speaks, or left it. */
  applyHubs: () => void;
  /** Looks for the hub at another address; says whether the station moved. */
  seek: (silentMs: number) => Promise<boolean>;
  monotonic: () => number;
  later: (ms: number, task: () => void) => unknown;
}

const seeker = new Seeker({
  hubs,
  ask: (url) => askAt(url, '/sync', LOOK_MS_MAX),
  origin: () => live.hub,
  monotonic: () => performance.now(),
});

const realParts: StreamParts = {
  open: () => new EventSource(eventsUrl()),
  fetchAll: () => live.fetchAll(),
  apply: (event) => {
    live.apply(event);
    if (event.changed.devices) devices.changed();
  },
  applyPrint: (event) => live.applyPrint(event),
  applyDevice: (event) => {
    devices.apply(event);
    if (event.attention) void live.fetchAttention().catch(() => undefined);
  },
  beat: () => {
    live.beat();
    outbox.nudge();
  },
  applyHubs: () =>
    void query.sync().then(
      ({ peers }) => hubs.learn(peers),
      () => undefined,
    ),
  seek: (silentMs) => seeker.look(silentMs),
  monotonic: () => performance.now(),
  later: (ms, task) => setTimeout(task, ms),
};

/**
 * The tab's one event stream.
 *
 * While everything is being fetched, changes wait; they are whole objects, so applying one that the fetch
 * already held does no harm.
 */
export class Stream {
  #parts: StreamParts;
  #source: EventSource | null = null;
  #cursor = new Cursor();
  #waiting: ChangeEvent[] | null = null;
  #again = false;
  #running = false;
  #connectedAt = 0;
  /** Whose numbers the cursor follows; null until a hub spoke. */
  #origin: string | null = null;
  /** Whether it was alone when it spoke last. */
  #role: Heartbeat['role'] | null = null;
  /** How old the picture was that the start found on the device. */
  #keptAgeMs = 0;

  lastBeat = $state<number | null>(null);
  startedAt = $state(0);
  /** When the picture was found to miss something; null while it is whole. */
  gapSince = $state<number | null>(null);

  constructor(parts: StreamParts = realParts) {
    this.#parts = parts;
  }

  /** Milliseconds since the picture was last known to be whole and fresh. */
  staleMs(now: number): number {
    const silent = now - (this.lastBeat ?? this.startedAt - this.#keptAgeMs);
    const broken = this.gapSince === null ? 0 : now - this.gapSince;
    return Math.max(0, silent, broken);
  }

  isStale(now: number): boolean {
    const starts = this.lastBeat === null && now - this.startedAt < GRACE_MS;
    return this.#running && !starts && this.staleMs(now) > STALE_AFTER_MS;
  }

  start(keptAgeMs = 0): void {
    if (this.#running) return;
    this.#running = true;
    this.#keptAgeMs = keptAgeMs;
    this.startedAt = this.#parts.monotonic();
    this.#connect();
    void this.#refetch();
  }

  stop(): void {
    this.#running = false;
    this.#source?.close();
    this.#source = null;
    this.#cursor = new Cursor();
    this.#origin = null;
    this.#waiting = null;
    this.lastBeat = null;
    this.gapSince = null;
  }

  /** Fetches everything anew, when more of it may be seen than before. */
  refetch(): void {
    if (this.#running) void this.#refetch();
  }

  /** Reopens a connection that died without saying so, elsewhere if it can. Called once a second. */
  watch(): void {
    if (!this.#running || !this.#source) return;
    const now = this.#parts.monotonic();
    void this.#seek(now - (this.lastBeat ?? this.startedAt));
    if (now - Math.max(this.lastBeat ?? 0, this.#connectedAt) > DEAD_AFTER_MS) this.#reconnect();
  }

  async #seek(silentMs: number): Promise<void> {
    if ((await this.#parts.seek(silentMs)) && this.#running) this.#beginAnew();
  }

  /**
   * Another hub has its own numbers: nothing is known of what it says until everything was fetched from it. A connection
   * that the browser resumed told it a number of the other one's, so a new one is opened.
   */
  #beginAnew(): void {
    this.#cursor = new Cursor();
    this.#origin = null;
    this.#reconnect();
    this.gapSince ??= this.#parts.monotonic();
    void this.#refetch();
  }

  #connect(): void {
    const source = this.#parts.open();
    this.#source = source;
    this.#connectedAt = this.#parts.monotonic();
    const on = <T>(name: string, take: (data: T) => void) =>
      source.addEventListener(name, (event) => {
        if (this.#source === source) take(JSON.parse((event as MessageEvent<string>).data) as T);
      });
    on<ChangeEvent>('change', (event) => this.#change(event));
    on<Heartbeat>('heartbeat', (beat) => this.#beat(beat));
    on<{ seq: number }>('reset', ({ seq }) => this.#judge(this.#cursor.reset(seq)));
    on<PrintEvent>('print', (event) => this.#parts.applyPrint(event));
    on<DeviceEvent>('device', (event) => this.#parts.applyDevice(event));
    source.addEventListener('error', () => {
      if (source.readyState === 2 && this.#source === source)
        this.#parts.later(RETRY_MS, () => this.#source === source && this.#reconnect());
    });
  }

  #reconnect(): void {
    this.#source?.close();
    if (!this.#running) return;
    this.#connect();
    this.#judge(this.#cursor.reconnected());
  }

  #beat({ seq, at, origin, role }: Heartbeat): void {
    const isAnother = this.#origin !== null && this.#origin !== origin;
    if (isAnother) this.#beginAnew();
    else if (this.#role !== null && this.#role !== role) this.#parts.applyHubs();
    this.#origin = origin;
    this.#role = role;
    this.lastBeat = this.#parts.monotonic();
    clock.hubSays(at);
    this.#parts.beat();
    if (!isAnother) this.#judge(this.#cursor.heartbeat(seq));
  }

  #change(event: ChangeEvent): void {
    const verdict = this.#cursor.change(event.seq);
    if (verdict === 'seen') return;
    if (this.#waiting) this.#waiting.push(event);
    else this.#parts.apply(event);
    this.#judge(verdict);
  }

  #judge(verdict: 'next' | 'seen' | 'gap'): void {
    if (verdict !== 'gap') return;
    this.gapSince ??= this.#parts.monotonic();
    void this.#refetch();
  }

  async #refetch(): Promise<void> {
    if (this.#waiting) {
      this.#again = true;
      return;
    }
    this.#waiting = [];
    this.#again = false;
    try {
      await this.#parts.fetchAll();
      if (!this.#again) {
        this.#cursor.healed();
        this.gapSince = null;
      }
    } catch {
      this.gapSince ??= this.#parts.monotonic();
      this.#parts.later(RETRY_MS, () => this.#running && void this.#refetch());
    }
    const waited = this.#waiting ?? [];
    this.#waiting = null;
    for (const event of waited) this.#parts.apply(event);
    if (this.#again && this.#running) void this.#refetch();
  }
}

export const stream = new Stream();
