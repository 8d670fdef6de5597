import type { Waiting } from './unsent.svelte';

/** What the device's tabs tell each other of their commands. */
export type News =
  | { kind: 'kept'; command: Waiting }
  | { kind: 'answered'; command: Waiting; answer: unknown }
  | { kind: 'dropped'; key: string };

export interface Wire {
  say(news: News): void;
  hear(take: (news: News) => void): void;
}

export class ChannelWire implements Wire {
  #channel = new BroadcastChannel('maitred.outbox');

  say(news: News): void {
    this.#channel.postMessage(news);
  }

  hear(take: (news: News) => void): void {
    this.#channel.onmessage = (event: MessageEvent<News>) => take(event.data);
  }
}
