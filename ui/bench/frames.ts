import type { Page } from 'playwright-core';

/** How long each frame of a page took, in whole milliseconds: `took_ms[17]` frames took 17 ms. */
export interface Frames {
  took_ms: number[];
}

const MS_MAX = 2000;

declare global {
  interface Window {
    counted: { took_ms: Uint32Array };
  }
}

/** Begins to count the frames of a page, in a place that does not grow. */
export async function countFrames(page: Page): Promise<() => Promise<Frames>> {
  await page.evaluate((msMax) => {
    const took_ms = new Uint32Array(msMax + 1);
    window.counted = { took_ms };
    let last = performance.now();
    const frame = (now: number) => {
      const took = Math.round(now - last);
      took_ms[Math.max(0, Math.min(took, msMax))]! += 1;
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }, MS_MAX);
  return async () => ({ took_ms: await page.evaluate(() => [...window.counted.took_ms]) });
}

export const framesOver = ({ took_ms }: Frames, ms: number) =>
  took_ms.slice(ms + 1).reduce((sum, count) => sum + count, 0);

/** The time that this share of the frames did not exceed. */
export function framePercentile({ took_ms }: Frames, share: number): number {
  const wanted = share * took_ms.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  return took_ms.findIndex((count) => (seen += count) >= wanted);
}
