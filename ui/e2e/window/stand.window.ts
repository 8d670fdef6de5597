// The host stand in a real window: it goes on when the hub of the venue is gone, with a hub of its own and without.

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addressInTheHouse } from '../house';
import { Hub, freePort } from '../hub';
import { eventually } from '../patience';
import { type AppWindow, Screen } from './screen';

/** What the panel would have shown, for whoever wants to look at it. */
const PICTURE = new URL('../../../target/host-stand.png', import.meta.url).pathname;
const UI = new URL('../../dist', import.meta.url).pathname;
/** Three seconds of silence, a second to ask around, and what a slow machine takes to say so. */
const MOVED_WITHIN_MS = 12_000;

let screen: Screen;
let folder: string;
let stand: AppWindow | undefined;
const hubs: Hub[] = [];

const options = (port: number, more: string[]) => [
  '--data',
  folder,
  '--listen',
  `127.0.0.1:${port}`,
  '--ui',
  UI,
  '--no-discovery',
  ...more,
];

async function started(hub: Promise<Hub>): Promise<Hub> {
  hubs.push(await hub);
  return hub;
}

/** Whom a hub says to be, to anybody. */
const roleAt = async (url: string) =>
  ((await (await fetch(`${url}/healthz`)).json()) as { role: string }).role;

/** Types the code that a window shows, as a manager does at the hub. */
async function letIn(window: AppWindow, hub: Hub): Promise<void> {
  const shown = '[data-testid="code"]';
  await window.sees(shown);
  const code = await window.run<string>(`return document.querySelector('${shown}').dataset.code`);
  await hub.post('/pairings/accept', { code, name: 'Host stand', screen: 'host' });
}

/** Two hubs of a venue that are seen from elsewhere in the house, over TLS. */
async function twoOverTls(more: string[] = []) {
  const address = addressInTheHouse();
  const [port, nextPort] = [await freePort(), await freePort()];
  const first = await started(Hub.overTls(port, more));
  // On one box hubs know each other by loopback; the page comes from elsewhere.
  const pages = ['--peer', `https://${address}:${port}`, ...more];
  const next = await started(Hub.overTls(nextPort, pages, first));
  return { address, port, nextPort, first, next };
}

/** A window that shows these hubs, and carries none. */
const only = (address: string, ...hubs: Hub[]) => [
  '--only-window',
  ...hubs.flatMap((hub) => ['--hub', hub.urlAt(address)]),
];

beforeAll(async () => {
  [screen, folder] = await Promise.all([
    Screen.start(),
    mkdtemp(join(tmpdir(), 'maitred-window-')),
  ]);
});

afterEach(async () => {
  await stand?.close();
  stand = undefined;
  for (const hub of hubs.splice(0)) await hub.stop();
  // WebKit's processes write a little longer than its window lasts.
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

afterAll(() => screen?.stop());

describe('the host stand', () => {
  test('seats a party with one touch after the other when the hub of the venue dies', async () => {
    const hub = await started(Hub.start());
    const port = await freePort();
    const own = `http://127.0.0.1:${port}`;
    stand = await screen.open(options(port, ['--standby-of', hub.url, '--no-cursor']));
    await stand.signIn('host', '1111');
    expect(await stand.url()).toBe(`${own}/host`);
    await stand.seat('S5');
    await eventually('the venue has it', async () => (await hub.seated()).includes('S5'));
    expect(await roleAt(own)).toBe('standby');
    expect(screen.colours()).toBeGreaterThan(50);

    await hub.kill();
    const killedAt = Date.now();
    await stand.seat('S6');
    expect(Date.now() - killedAt).toBeLessThan(MOVED_WITHIN_MS);
    screen.picture(PICTURE);
    await eventually('its own hub acts', async () => (await roleAt(own)) !== 'standby');
    await stand.run('location.reload()');
    await stand.sees('[data-testid="table-S6"][data-stage="seated"]');
    await stand.sees('[data-testid="table-S5"][data-stage="seated"]');
  });

  test('keeps the panel lit where the X server would darken it', async () => {
    screen.darkensAfter(1);
    await eventually('nobody touches it', () => Promise.resolve(screen.isDark()));

    stand = await screen.open(options(await freePort(), []));
    await stand.sees('main');
    screen.darkensAfter(1);
    await sleep(3_000);
    expect(screen.isDark()).toBe(false);

    await stand.close();
    stand = undefined;
    await eventually('the window is gone', () => Promise.resolve(screen.isDark()));
  });

  test('fills the panel under cage, as on a box without a desktop', async () => {
    const hub = await started(Hub.start());
    const kiosk = await screen.openUnderCage(folder, [
      '--only-window',
      '--hub',
      hub.url,
      '--data',
      join(folder, 'data'),
      '--no-discovery',
    ]);
    try {
      await eventually('a page is painted', () => Promise.resolve(screen.colours() > 50));
    } finally {
      kiosk.kill('SIGTERM');
      await once(kiosk, 'exit');
    }
  });

  test('without a hub of its own goes on at the next one, also when it is started anew', async () => {
    const first = await started(Hub.start());
    const second = await started(Hub.standbyOf(first));
    const more = ['--only-window', '--hub', first.url, '--hub', second.url];
    stand = await screen.open(options(await freePort(), more));
    await stand.signIn('host', '1111');
    expect(await stand.url()).toBe(`${first.url}/host`);
    await stand.seat('S5');

    await first.kill();
    const killedAt = Date.now();
    await stand.seat('S6');
    expect(Date.now() - killedAt).toBeLessThan(MOVED_WITHIN_MS);
    await eventually('the other hub has it', async () => (await second.seated()).includes('S6'));

    await stand.close();
    stand = await screen.open(options(await freePort(), more));
    await stand.signIn('host', '1111');
    expect(await stand.url()).toBe(`${second.url}/host`);
    await stand.sees('[data-testid="table-S6"][data-stage="seated"]');
  });

  test('sees hubs of one venue over TLS, without anything installed, and no other venue', async () => {
    const { address, port, nextPort, first, next } = await twoOverTls();
    stand = await screen.open(options(await freePort(), only(address, first, next)));
    await letIn(stand, first);
    await stand.signIn('host', '1111');
    expect(new URL(await stand.url()).origin).toBe(`https://${address}:${port}`);
    await stand.seat('S5');

    await first.kill();
    await stand.seat('S6');
    await eventually('the other hub has it', async () => (await next.seated()).includes('S6'));

    // Whoever is asked first is of another venue: their authority is another one.
    await stand.close();
    const neighbour = await started(Hub.overTls(await freePort(), []));
    stand = await screen.open(options(await freePort(), only(address, neighbour, next)));
    await letIn(stand, next);
    await stand.signIn('host', '1111');
    expect(new URL(await stand.url()).origin).toBe(`https://${address}:${nextPort}`);
    await stand.sees('[data-testid="table-S6"][data-stage="seated"]');
  });

  test('goes on over TLS also where nobody has to let it in', async () => {
    const { address, first, next } = await twoOverTls(['--trust-lan']);
    stand = await screen.open(options(await freePort(), only(address, first, next)));
    await stand.signIn('host', '1111');
    await stand.seat('S5');
    await first.kill();
    await stand.seat('S6');
    await eventually('the other hub has it', async () => (await next.seated()).includes('S6'));
  });

  test('as the only box begins a venue, shows a page nothing but the page, and goes nowhere else', async () => {
    const port = await freePort();
    stand = await screen.open(options(port, ['--no-cursor']));
    await stand.sees('[data-testid="setup-name"]');
    expect(await stand.url()).toContain(`http://127.0.0.1:${port}/`);
    const refusal = await stand.later<string>(
      `const [tell] = arguments;
       const inside = window.__TAURI_INTERNALS__;
       if (!inside) tell('nothing there');
       else inside.invoke('plugin:window|close').then(() => tell('done'), (error) => tell(String(error)));`,
    );
    expect(refusal).not.toBe('done');
    await stand.run(`location.href = 'http://127.0.0.1:1/'`);
    await stand.run(`window.open('http://127.0.0.1:1/')`);
    await stand.sees('[data-testid="setup-name"]');
    expect(await stand.url()).toContain(`http://127.0.0.1:${port}/`);
    const pointer = 'return getComputedStyle(document.body).cursor';
    expect(await stand.run<string>(pointer)).toBe('none');
  });
});
