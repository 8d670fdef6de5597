import type { AttentionItem, CheckView, DeviceView, ProbeLogView, Uuid } from '$lib/api/schema';
import { devices } from './devices.svelte';
import { live } from './live.svelte';
import { outbox } from './outbox.svelte';

async function kept(answer: Promise<DeviceView>): Promise<DeviceView> {
  const view = await answer;
  devices.keep(view);
  return view;
}

export const addDevice = (homie: string, fields: object) =>
  kept(outbox.post<DeviceView>('/devices', { homie, ...fields }));
export const changeDevice = (id: Uuid, fields: object) =>
  kept(outbox.post<DeviceView>(`/devices/${id}`, fields));
export async function removeDevice(id: Uuid, fields: object): Promise<boolean> {
  await outbox.post<DeviceView>(`/devices/${id}`, { ...fields, archived: true });
  await devices.fetch();
  return true;
}
export const testDevice = (id: Uuid) =>
  outbox.post<unknown>(`/devices/${id}/test`, {}).then(() => true);

/** Somebody is on their way to a table that calls. */
export async function answerCall(item: AttentionItem) {
  const path = `/attention/calls/${item.call_id ?? ''}/answer`;
  live.attention = await outbox.post<AttentionItem[]>(path, {});
}

export const answerAlarm = (probe: Uuid, alarm: Uuid, date: string, action: string) =>
  outbox.post<ProbeLogView>(`/probes/${probe}/alarms/${alarm}/answer`, { date, action });

/** The party carries that pager; null gives it back. */
export const givePager = (check: Uuid, pager: number | null) =>
  outbox.post<CheckView>(`/checks/${check}/pager`, { pager });
export const page = (check: Uuid) => outbox.post<CheckView>(`/checks/${check}/page`, {});
