import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import type { components } from '../src/lib/api/generated';
import type { Evening } from '../e2e/evening';
import type { Hub } from '../e2e/hub';
import { Station } from '../e2e/station';
import { percentile, type Figure } from './report';
import { SLOWDOWN } from './slow';

type Schemas = components['schemas'];

const TABLES = 200;
const ROW = 20;
const PITCH = 10;
const GESTURES = 6;
const MIDDLE = { x: 500, y: 420 };
const FRAMES_RATIO_MIN = 0.9;
const REST_RATIO_MAX = 6;

/** How a floor of two hundred tables follows a finger. */
export async function measureFloor(
  browser: Browser,
  hub: Hub,
  evening: Evening,
): Promise<Figure[]> {
  await furnish(hub, evening);
  const host = await Station.open(browser, hub, { staff: 'host', pin: '1111', path: '/host' });
  await host.sees(`table-P${TABLES - 1}`);
  // It still asks for the checks of so many parties; a shift goes on for longer than that.
  await host.page.waitForLoadState('networkidle');
  const page = await browser.newPage();
  await page.setContent(BARE);
  await page.evaluate(moves);
  for (const watched of [host.page, page]) await watched.evaluate(watch);
  const figures: Figure[] = [];
  for (const pace of PACES)
    figures.push(...figuresAt(pace, await followed(host.page, pace), await followed(page, pace)));
  await page.close();
  await host.close();
  return figures;
}

/** As fast as this machine is, and as a cheap tablet beside it. */
const PACES = [
  { rate: 1, suffix: '', beside: 'a bare box' },
  { rate: SLOWDOWN, suffix: '_slow', beside: 'a bare box, also at 6x' },
];

type Pace = (typeof PACES)[number];

function figuresAt({ suffix, beside }: Pace, floor: Followed, bare: Followed): Figure[] {
  const frames = (of: 'pan' | 'pinch'): Figure => ({
    name: `ui_floor_${of}_frames${suffix}`,
    value: percentile(floor[of], 0.5),
    unit: 'per s',
    floor: [percentile(bare[of], 0.5), beside],
    target: { at_least: FRAMES_RATIO_MIN },
  });
  return [
    frames('pan'),
    frames('pinch'),
    {
      name: `ui_floor_pinch_to_rest${suffix}`,
      value: percentile(floor.rests, 0.5),
      unit: 'ms',
      floor: [percentile(bare.rests, 0.5), beside],
      target: { at_most: REST_RATIO_MAX },
    },
  ];
}

/** Fills the first room, and seats parties at every other table: what it says of its party is most of what is drawn. */
export async function furnish(hub: Hub, evening: Evening): Promise<void> {
  const { areas, tables } = await hub.get<Schemas['CatalogueView']>('/catalogue');
  const room = areas.find((one) => !one.archived)!;
  const like = tables.find((one) => one.area === room.id && !one.archived)!;
  const below = room.height;
  const larger = {
    ...room,
    width: Math.max(room.width, ROW * PITCH),
    height: below + (TABLES / ROW) * PITCH,
  };
  const fresh = Array.from({ length: TABLES }, (_, at) => ({
    ...like,
    id: randomUUID(),
    name: `P${at}`,
    combines_with: [],
    x: (at % ROW) * PITCH,
    y: below + Math.floor(at / ROW) * PITCH,
    width: 8,
    height: 8,
  }));
  const changes = [
    { kind: 'area', id: room.id, entity: larger, base: room },
    ...fresh.map((entity) => ({ kind: 'table', id: entity.id, entity })),
  ];
  await hub.post('/catalogue/changes', { changes });
  for (const { id } of fresh.filter((_, at) => at % 2 === 0)) await evening.seatAt(id, 2);
}

interface Followed {
  /** Frames a second while a finger moved. */
  pan: number[];
  pinch: number[];
  /** From the end of a pinch until the plan is drawn anew. */
  rests: number[];
}

/** Moves two ways and pinches, several times, as the browser itself plays fingers. */
async function followed(page: Page, { rate }: Pace): Promise<Followed> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
  const result: Followed = { pan: [], pinch: [], rests: [] };
  const at = { ...MIDDLE, gestureSourceType: 'touch' as const };
  for (let turn = 0; turn < GESTURES; turn += 1) {
    const way = turn % 2 === 0 ? -1 : 1;
    await session.send('Input.synthesizeScrollGesture', {
      ...at,
      ...(await page.evaluate(ground, MIDDLE)),
      xDistance: way * 350,
      yDistance: way * 200,
      speed: 500,
      preventFling: true,
    });
    result.pan.push((await page.evaluate(moved)).frames_per_sec);
    await session.send('Input.synthesizePinchGesture', {
      ...at,
      scaleFactor: way < 0 ? 1.8 : 1 / 1.8,
      relativeSpeed: 300,
    });
    const pinched = await page.evaluate(moved);
    result.pinch.push(pinched.frames_per_sec);
    result.rests.push(pinched.rest_ms);
  }
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await session.detach();
  return result;
}

declare global {
  interface Window {
    gesture: { frames: number; beganAt: number; endedAt: number; restedAt: number };
  }
}

/** In the page: counts the frames of each gesture. */
function watch() {
  const fresh = (beganAt: number) => ({ frames: 0, beganAt, endedAt: 0, restedAt: 0 });
  let fingers = 0;
  window.gesture = fresh(0);
  const frame = () => {
    if (fingers > 0) window.gesture.frames += 1;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const down = (event: Event) => {
    if (fingers === 0) window.gesture = fresh(event.timeStamp);
    fingers += 1;
  };
  const up = (event: Event) => {
    fingers -= 1;
    if (fingers > 0) return;
    const { gesture } = window;
    gesture.endedAt = event.timeStamp;
    requestAnimationFrame(() => setTimeout(() => (gesture.restedAt = performance.now())));
  };
  addEventListener('pointerdown', down, { capture: true });
  for (const name of ['pointerup', 'pointercancel']) addEventListener(name, up, { capture: true });
}

/** In the page: where a finger takes hold of the room and not of a party, nor so near that the browser takes it for one. */
function ground(near: { x: number; y: number }): { x: number; y: number } {
  if (document.querySelector('dialog[open]')) throw new Error('a gesture was taken for a touch');
  const APART_PX = 30;
  const isParty = (x: number, y: number) =>
    document.elementFromPoint(x, y)?.closest('.occupied, :not(.frame) > button:not(.table)');
  for (let off = 0; off < 900; off += 1) {
    const x = near.x + ((off % 30) - 15) * 25;
    const y = near.y + (Math.floor(off / 30) - 15) * 20;
    if (x < 60 || x > 900 || y < 170 || y > 740) continue;
    const around = [-APART_PX, 0, APART_PX];
    if (!around.some((dx) => around.some((dy) => isParty(x + dx, y + dy)))) return { x, y };
  }
  throw new Error('there is no room between the parties');
}

/** What the last gesture was like, once the page rests. */
async function moved(): Promise<{ frames_per_sec: number; rest_ms: number }> {
  while (window.gesture.restedAt === 0) await new Promise(requestAnimationFrame);
  const { frames, beganAt, endedAt, restedAt } = window.gesture;
  return { frames_per_sec: (frames * 1000) / (endedAt - beganAt), rest_ms: restedAt - endedAt };
}

const BARE =
  '<style>body{margin:0}#box{inline-size:100vw;block-size:100vh;overflow:hidden;touch-action:none}</style>' +
  '<div id="box"><p style="will-change:transform">one table</p></div>';

/** In the bare page: a box follows the finger. */
function moves() {
  const inner = document.querySelector('p')!;
  document.querySelector('#box')!.addEventListener('pointermove', (event) => {
    const { clientX, clientY } = event as PointerEvent;
    inner.style.transform = `translate(${clientX}px, ${clientY}px)`;
  });
}
