// Lets the app open while the hub is away: keeps the page and its assets, and nothing that the hub says.

export {};

declare const self: ServiceWorkerGlobalScope;
/** Every file of this build, put in by the build itself. */
declare const ASSETS: string[];
/** Another one for every build. */
declare const BUILD: string;

const CACHE = `maitred-${BUILD}`;
const PAGE = '/';
/** The hub answers these itself, or nobody does. */
const HUBS_OWN = /^\/(api|docs|healthz|readyz|metrics|openapi\.json)(\/|$)/;

self.addEventListener('install', (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOthers().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isOurs = url.origin === location.origin && !HUBS_OWN.test(url.pathname);
  if (request.method !== 'GET' || !isOurs) return;
  event.respondWith(kept(request.mode === 'navigate' ? PAGE : request));
});

/** Taken from the hub and not from the browser's own cache: the page must fit its assets. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...ASSETS].map((path) => new Request(path, { cache: 'reload' })));
}

async function dropOthers(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}

/** A file of this build is the same for whoever asks, whatever the hub says that its answers vary by. */
async function kept(request: Request | string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
}
