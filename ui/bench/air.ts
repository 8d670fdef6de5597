import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tablet } from '../e2e/box/house';
import { Lan, type Place } from '../e2e/box/lan';
import { BINARY, SCREENS } from '../e2e/hub';
import { eventually } from '../e2e/patience';
import { watch } from './fired';
import { percentile, type Figure } from './report';

const TABLES = ['S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8', 'S9'];
const ORDERS_PER_TABLE = 25;
const LOST_PERCENT = 5;
const SHOWN_MS_MAX = 150;
const PORT = 8080;
const SENT_AGAIN_AFTER = '/proc/sys/net/ipv4/tcp_rto_min_us';
/** Between the touch on the item and that on "send". */
const PAUSE_MS = 250;

/** From the waiter's touch until the ticket is painted in the kitchen, on tablets over radio that loses packets. */
export async function measureAir(): Promise<Figure[]> {
  if (process.getuid?.() !== 0 || !existsSync(SENT_AGAIN_AFTER)) {
    console.error(`air is not measured: it wants root, and a kernel with ${SENT_AGAIN_AFTER}`);
    return [];
  }
  const lan = await Lan.make();
  const work = await mkdtemp(join(tmpdir(), 'maitred-air-'));
  const tablets: Tablet[] = [];
  let hub: ChildProcess | undefined;
  try {
    const box = await lan.plug('10.77.0.1');
    hub = serve(box, join(work, 'data'));
    await ready(box);
    const rooms = [await lan.plug('10.77.0.11'), await lan.plug('10.77.0.12')];
    for (const room of rooms) tablets.push(await Tablet.at(room, work));
    const [waiter, kitchen] = tablets as [Tablet, Tablet];
    const at = `http://${box.address}:${PORT}`;
    await waiter.page.goto(`${at}/order`);
    await waiter.signIn('waiter', '2222');
    await kitchen.page.goto(`${at}/kitchen/pizza`);
    await kitchen.signIn('kitchen', '3333');
    await waiter.page.evaluate(noteSent);
    await kitchen.page.evaluate(watch);
    const clear = await shown(waiter, kitchen, 'S1');
    for (const room of rooms) room.lose(LOST_PERCENT);
    const lossy: number[] = [];
    for (const table of TABLES) lossy.push(...(await shown(waiter, kitchen, table)));
    return [
      { name: 'ui_air_clear_p99', value: percentile(clear, 0.99), unit: 'ms' },
      { name: 'ui_air_lossy_p50', value: percentile(lossy, 0.5), unit: 'ms' },
      {
        name: 'ui_air_lossy_p99',
        value: percentile(lossy, 0.99),
        unit: 'ms',
        target: { at_most: SHOWN_MS_MAX },
      },
    ];
  } finally {
    for (const tablet of tablets) await tablet.close();
    if (hub) {
      hub.kill('SIGTERM');
      await once(hub, 'exit');
    }
    lan.close();
    await rm(work, { recursive: true, force: true });
  }
}

function serve(box: Place, data: string): ChildProcess {
  // As the operator's guide says for hubs on radio; tablets are as they are.
  box.run('sh', ['-c', `echo 20000 > ${SENT_AGAIN_AFTER}`]);
  const place = ['--data', data, '--listen', `0.0.0.0:${PORT}`, '--ui', SCREENS];
  const options = ['serve', ...place, '--demo', '--trust-lan'];
  return box.spawn(BINARY, options, { stdio: ['ignore', 'ignore', 'inherit'] });
}

const ready = (box: Place) =>
  eventually('the hub is ready', () => {
    const asked = ['-sf', '-o', '/dev/null', '-w', 'ready', `http://127.0.0.1:${PORT}/readyz`];
    return Promise.resolve(box.run('curl', asked) === 'ready');
  });

/** Seats a party and orders one pizza after the other: how long each took, in ms. */
async function shown(waiter: Tablet, kitchen: Tablet, table: string): Promise<number[]> {
  await waiter.page.evaluate(() => {
    history.pushState(null, '', '/order');
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await waiter.tap(`free-${table}`);
  await waiter.tap('covers-2');
  await waiter.sees('send');
  const took: number[] = [];
  for (let order = 0; order < ORDERS_PER_TABLE; order += 1) {
    const before = await kitchen.page.evaluate(() => Object.keys(window.shownAt).length);
    await waiter.tap('item-diavola');
    await waiter.page.waitForTimeout(PAUSE_MS);
    await waiter.tap('send');
    const sentAt = await waiter.page.evaluate(() => window.sentAt);
    const line = await kitchen.page.waitForFunction(
      (known) => Object.values(window.shownAt).slice(known).find(Number.isFinite),
      before,
    );
    took.push((await line.jsonValue())! - sentAt);
  }
  return took;
}

declare global {
  interface Window {
    sentAt: number;
  }
}

/** In the page: when "send" was touched last, by the clock that the other tablet has too. */
function noteSent() {
  const note = ({ target }: Event) => {
    if ((target as Element).closest('[data-testid="send"]')) window.sentAt = Date.now();
  };
  addEventListener('pointerdown', note, { capture: true });
}
