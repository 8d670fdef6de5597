import { get } from '$lib/api/client';
import { withQuery } from '$lib/api/queries';
import type { Schemas } from '$lib/api/schema';
import { outbox } from '$lib/live/outbox.svelte';

export type ClosedDay = Schemas['ClosedDay'];
export type DayDetail = Schemas['DayDetail'];

export const closedDays = (cursor: string | null) =>
  get<Schemas['ClosedDays']>(withQuery('/days', { cursor }));
export const closedDay = (date: string) => get<DayDetail>(`/days/${date}`);
export const printDay = (date: string) => outbox.post<unknown>(`/days/${date}/print`);
