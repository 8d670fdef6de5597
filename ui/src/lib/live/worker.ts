import { router } from '$lib/router/router.svelte';

/** A newer build takes over when nobody has touched the screen for so long, or at the next page. */
const IDLE_MS = 60_000;

/** Pages that are not kept are loaded ahead once the first one is up: the hub may be away when they are wanted. */
const AHEAD_MS = 3000;

/**
 * Has the browser keep the app, so that it opens without the hub.
 *
 * When the hub has brought a newer build, the old page goes on until it is in nobody's way.
 */
export async function keepApp(pages: (() => Promise<unknown>)[]): Promise<void> {
  if (!import.meta.env.PROD) return;
  if (!('serviceWorker' in navigator)) {
    setTimeout(() => pages.forEach((load) => void load().catch(() => undefined)), AHEAD_MS);
    return;
  }
  const { serviceWorker } = navigator;
  const isFirst = serviceWorker.controller === null;
  serviceWorker.addEventListener('controllerchange', () => {
    if (!isFirst) reloadWhenIdle();
  });
  await serviceWorker.register('/sw.js').catch(() => undefined);
}

function reloadWhenIdle(): void {
  router.leavesPage = true;
  let timer = setTimeout(() => location.reload(), IDLE_MS);
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.reload(), IDLE_MS);
  };
  for (const name of ['pointerdown', 'keydown']) addEventListener(name, wait, { passive: true });
}
