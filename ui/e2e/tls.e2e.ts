// A screen elsewhere in the house, before and after it believes the venue's authority.

import AxeBuilder from '@axe-core/playwright';
import { createHash } from 'node:crypto';
import { connect } from 'node:tls';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressInTheHouse } from './house';
import { freePort, Hub } from './hub';
import { Station, launch } from './station';

const PATIENCE_MS = 20_000;

let hub: Hub;
let securePort: number;
let address: string;
let browser: Browser;
let believing: Browser;
let manager: Station;
let tablet: Page;

async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.html}`));
}

/** What a browser is told to believe: the hash of the key that the hub shows. */
function keyShown(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port: securePort, rejectUnauthorized: false }, () => {
      const key = socket
        .getPeerX509Certificate()!
        .publicKey.export({ type: 'spki', format: 'der' });
      socket.end();
      resolve(createHash('sha256').update(key).digest('base64'));
    });
    socket.on('error', reject);
  });
}

async function pageOf(of: Browser): Promise<Page> {
  const context = await of.newContext({
    viewport: { width: 820, height: 1180 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

async function signIn(page: Page) {
  await page.getByTestId('staff-host').first().click();
  for (const digit of '1111') await page.getByTestId(`pin-${digit}`).first().click();
  await page.getByTestId('live').first().waitFor();
}

beforeAll(async () => {
  address = addressInTheHouse();
  securePort = await freePort();
  hub = await Hub.overTls(securePort);
  browser = await launch();
  believing = await launch([`--ignore-certificate-errors-spki-list=${await keyShown()}`]);
  const who = {
    staff: 'manager',
    pin: '2468',
    path: '/manager/terminals',
    width: 360,
    height: 740,
  };
  manager = await Station.open(browser, hub, who);
  tablet = await pageOf(browser);
});

afterAll(async () => {
  await believing?.close();
  await browser?.close();
  await hub?.stop();
});

test('a screen without encryption says so, in words', async () => {
  await tablet.goto(`${hub.urlAt(address)}/host`);
  await signIn(tablet);
  await expect.poll(() => tablet.getByTestId('overheard').innerText()).toContain('Not encrypted');
  expect(await axe(tablet)).toEqual([]);
  expect(await manager.page.getByTestId('overheard').count(), 'on the box itself').toBe(0);
});

test('a manager compares the fingerprint, and allows it no longer', async () => {
  const { fingerprint } = await hub.get<{ fingerprint: string }>('/authority');
  expect(await manager.find('fingerprint').innerText()).toBe(fingerprint);
  expect(await axe(manager.page)).toEqual([]);
  await manager.tap('plain-http');
  await manager.page.locator('[data-testid="plain-http"][aria-checked="false"]').waitFor();
  await tablet.goto(`${hub.urlAt(address)}/host`);
  await tablet.waitForURL('**/secure?to=/host');
  expect(await tablet.locator('code').innerText()).toBe(fingerprint);
  expect(await tablet.locator('#over').getAttribute('href')).toBe(
    `https://${address}:${securePort}/host`,
  );
  expect(await axe(tablet)).toEqual([]);
});

test('a device that believes the authority is led over, signs in, and opens without the hub from then on', async () => {
  const believer = await pageOf(believing);
  await believer.goto(`${hub.urlAt(address)}/host`);
  await believer.waitForURL(`https://${address}:${securePort}/**`);
  await signIn(believer);
  expect(await believer.evaluate(() => isSecureContext)).toBe(true);
  expect(await believer.getByTestId('overheard').count()).toBe(0);
  await believer.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
});
