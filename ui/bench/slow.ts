import type { CDPSession, Page } from 'playwright-core';

/** A cheap tablet beside this machine. */
export const SLOWDOWN = 6;

export async function slow(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  return session;
}
