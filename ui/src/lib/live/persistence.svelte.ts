import { device } from './device';

/** What this browser lets us promise: whether what waits here is kept, and whether the app opens without the hub. */
class Persistence {
  /** Whether the browser promised not to throw it away; it answers only pages of a secure context. */
  granted = $state(false);
  /** Whether it keeps anything at all. */
  keeps = $state(true);
  readonly opensAlone = 'serviceWorker' in navigator;

  async ask(): Promise<void> {
    this.keeps = await device().then(
      () => true,
      () => false,
    );
    this.granted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
  }
}

export const persistence = new Persistence();
