import { send, type Request } from '$lib/api/client';
import { aboutOf, type About } from './about';
import { approval } from './approval.svelte';
import { lead, type Lead } from './lead';
import { live } from './live.svelte';
import { DeviceShelf, type Shelf } from './shelf';
import { painted } from './painted';
import { unsentList, type Command, type UnsentList } from './unsent.svelte';
import { ChannelWire, type Wire } from './wire';

/** What the outbox drives; replaced in tests. */
export interface OutboxParts {
  send: <T>(request: Request) => Promise<T>;
  sleep: (ms: number) => Promise<void>;
  /** Resolves when what a command changed is on the screen. */
  painted: () => Promise<void>;
  now: () => number;
  shelf: Shelf;
  list: UnsentList;
  lead: Lead;
  wire: Wire;
  about: (path: string, body: unknown) => About;
  /** Waits for whoever may, where the person may not; null when nobody has to be asked. */
  approved: (command: Command) => Promise<void> | null;
  /** Takes an answer into the picture, before what stood for it there goes. */
  arrived: (answer: unknown) => void;
}

export const realParts = (): OutboxParts => ({
  send,
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  painted,
  now: () => Date.now(),
  shelf: new DeviceShelf(),
  list: unsentList,
  lead: lead(),
  wire: new ChannelWire(),
  about: aboutOf,
  approved: (command) => approval.of(command),
  arrived: (answer) => live.keepAnswer(answer),
});
