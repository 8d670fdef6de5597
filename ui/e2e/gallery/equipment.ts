import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { components } from '../../src/lib/api/generated';
import type { Hub } from '../hub';
import { onFloor, section, type Screen } from './screens';

type Schemas = components['schemas'];

const PATIENCE_MS = 20_000;
const TOO_WARM_MILLI_CELSIUS = 9_500;

/** The pages of what the venue is equipped with, before anything is. */
export const BARE: Screen[] = [
  { ...section('devices', 'no-broker'), states: ['empty'] },
  { ...section('terminals', 'pair-screen'), states: ['empty'] },
  { ...section('backup', 'backup-key'), states: ['empty'] },
];

/**
 * Equips the venue of a hub with wires: a fridge that is too warm, a table that calls, a light that nobody has set up, a
 * guest who is paged, paired screens and one that waits, a backup and one that went wrong.
 */
export async function equip(hub: Hub): Promise<Screen[]> {
  const devices = await sixDevices(hub);
  await callAndPage(hub);
  await warm(hub, devices);
  await pairScreens(hub);
  await backUp(hub);
  const page = (kind: Schemas['DeviceKind'], shows: string): Screen => ({
    ...section(`devices/${devices.find((one) => one.kind === kind)!.device?.id}`, shows),
    name: `manager device ${kind}`,
  });
  return [
    section('devices', 'open-device'),
    { ...section('devices', 'add-device'), name: 'add a device', touch: ['add-device'] },
    page('probe', 'alarm'),
    page('bump_bar', 'learn-bump'),
    page('pager_base', 'test-device'),
    page('call_button', 'save-device'),
    page('customer_display', 'test-device'),
    section('terminals', 'terminal-open'),
    { ...section('terminals', 'pair-screen'), name: 'pair a screen', touch: ['pair-screen'] },
    { ...section('terminals', 'terminal-open'), name: 'terminal', touch: ['terminal-open'] },
    section('backup', 'backup-key'),
    { ...section('backup', 'backup-key'), name: 'recovery key', touch: ['backup-make-key'] },
    onFloor('give a pager', 'give-pager'),
  ];
}

async function sixDevices(hub: Hub): Promise<Schemas['DeviceView'][]> {
  let devices: Schemas['DeviceView'][] = [];
  await eventually('every device of the demo is ready', async () => {
    ({ devices } = await hub.get<Schemas['DevicesView']>('/devices'));
    return devices.length === 6 && devices.every(({ health }) => health.state === 'ready');
  });
  return devices;
}

async function callAndPage(hub: Hub) {
  await hub.post('/demo/devices/call-button-t1/touch', { touch: 'call', what: 'bill' });
  for (const [pager, name] of [
    [7, 'Nora'],
    [12, 'Famiglia Montefiori'],
    [null, 'Tariq'],
  ] as const) {
    const check = { table_id: null, covers: 2, name };
    const { id } = await hub.post<Schemas['CheckView']>('/checks', check);
    if (pager) await hub.post(`/checks/${id}/pager`, { pager });
    if (pager === 7) await hub.post(`/checks/${id}/page`, {});
  }
}

/** It tolerates nothing, so the alarm is there as soon as it is warm. */
async function warm(hub: Hub, devices: Schemas['DeviceView'][]) {
  const { homie, device } = devices.find(({ kind }) => kind === 'probe')!;
  const { id, name, low_milli_celsius, high_milli_celsius } = device!;
  const limits = { low_milli_celsius, high_milli_celsius, tolerated_minutes: 0 };
  await hub.post(`/devices/${id}`, { name, ...limits });
  const warmer = { touch: 'temperature', milli_celsius: TOO_WARM_MILLI_CELSIUS };
  await hub.post(`/demo/devices/${homie}/touch`, warmer);
  await eventually('the fridge is too warm', async () => {
    const { devices: now } = await hub.get<Schemas['DevicesView']>('/devices');
    return now.some(({ alarm }) => alarm !== null);
  });
}

async function pairScreens(hub: Hub) {
  const { stations } = await hub.get<Schemas['VenueView']>('/venue');
  const station = stations.find(({ slug }) => slug === 'grill')!.id;
  for (const fields of [
    { name: 'Grill', screen: 'kitchen', station, role: 'kitchen' },
    { name: 'Tablet at the door', screen: 'host', station: null, role: null },
  ]) {
    const { code } = await hub.post<Schemas['Asked']>('/pairings', {});
    await hub.post('/pairings/accept', { code, ...fields });
  }
  await hub.post('/pairings', {});
}

/** One backup is made; then the stick is pulled out, and the next comes to nothing. */
async function backUp(hub: Hub) {
  const stick = await mkdtemp(join(tmpdir(), 'maitred-e2e-stick-'));
  await hub.post('/backup/recovery-key', {});
  await hub.put('/backup', { folder: stick, to_relay: false, keep_days: 14, at: '04:30' });
  const folder = async () => (await hub.get<Schemas['BackupView']>('/backup')).folder;
  await eventually('a backup', async () => (await folder()).at !== null);
  await rm(stick, { recursive: true });
  await hub.post('/backup/now', {});
  await eventually('a backup goes wrong', async () => (await folder()).problem !== null);
}

async function eventually(what: string, holds: () => Promise<boolean>) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
