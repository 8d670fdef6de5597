import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hub, freePort } from '../e2e/hub';
import { eventually } from '../e2e/patience';
import { type AppWindow, Screen } from '../e2e/window/screen';
import { percentile, type Figure } from './report';

const STARTS = 5;
const START_MS_MAX = 2_000;
const MEMORY_MB_MAX = 250;
/** Time for a page to have drawn what it has, and to have let go of what it needed for that. */
const SETTLED_MS = 5_000;
/** Tables are there, and the hub says what is new of them. */
const USABLE = ['[data-testid^="table-"]', '[data-testid="live"]'];
const UI = new URL('../dist', import.meta.url).pathname;

/** How soon the host-stand app shows a floor that can be touched, and what all of its processes hold, as a standby of `hub`. */
export async function measureStand(hub: Hub): Promise<Figure[]> {
  const [screen, folder] = await Promise.all([
    Screen.start(),
    mkdtemp(join(tmpdir(), 'maitred-stand-')),
  ]);
  const port = await freePort();
  const place = ['--data', folder, '--listen', `127.0.0.1:${port}`, '--ui', UI];
  const options = [...place, '--no-discovery', '--standby-of', hub.url];
  try {
    // The first time it joins the venue and somebody signs in, who is still there from then on.
    const first = await screen.open(options);
    await first.signIn('host', '1111');
    await usable(first);
    await first.close();
    const starts: number[] = [];
    let held = 0;
    for (let start = 0; start < STARTS; start += 1) {
      await ended(folder);
      const beganAt = performance.now();
      const stand = await screen.open(options);
      await usable(stand);
      starts.push(performance.now() - beganAt);
      await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
      held = Math.max(held, await megabytesOf(folder));
      await stand.close();
    }
    return [
      {
        name: 'stand_start_to_floor',
        value: percentile(starts, 0.5),
        unit: 'ms',
        target: { at_most: START_MS_MAX },
      },
      { name: 'stand_memory', value: held, unit: 'MB', target: { at_most: MEMORY_MB_MAX } },
    ];
  } finally {
    await screen.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function usable(window: AppWindow): Promise<void> {
  for (const selector of USABLE) await window.sees(selector);
}

/** What the app and the processes of its pages hold; what they share with others counts by the share. */
async function megabytesOf(folder: string): Promise<number> {
  const all = await processes();
  const ours = new Set(all.filter(({ command }) => command.includes(folder)).map(({ id }) => id));
  for (const { id, parent } of all) if (ours.has(parent)) ours.add(id);
  let kilobytes = 0;
  for (const id of ours) {
    const rollup = await readFile(`/proc/${id}/smaps_rollup`, 'utf8');
    kilobytes += Number(/^Pss: +(\d+) kB$/m.exec(rollup)![1]);
  }
  return kilobytes / 1024;
}

const ended = (folder: string) =>
  eventually('the app has ended', async () =>
    (await processes()).every(({ command }) => !command.includes(folder)),
  );

interface Process {
  id: number;
  parent: number;
  command: string;
}

/** All that run now, parents before their children. */
async function processes(): Promise<Process[]> {
  const ids = (await readdir('/proc')).map(Number).filter((id) => id > 0);
  const looked = ids.map(async (id) => {
    const of = (file: string) => readFile(`/proc/${id}/${file}`, 'utf8');
    const [status, command] = await Promise.all([of('status'), of('cmdline')]).catch(() => [
      '',
      '',
    ]);
    return { id, parent: Number(/^PPid:\s+(\d+)$/m.exec(status!)?.[1]), command: command! };
  });
  return (await Promise.all(looked)).toSorted((a, b) => a.id - b.id);
}
