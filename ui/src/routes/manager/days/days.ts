import { get } from '$lib/api/client';
import type { DayReport } from '$lib/api/schema';
import { outbox } from '$lib/live/outbox.svelte';

export interface ClosedDay {
  business_date: string;
  z_number: number;
  closed_at: string;
  closed_by: string;
  total_minor: number;
  over_short_minor: number | null;
}

export interface DayWithLate {
  report: DayReport;
  /** What came for the day after its close, and counts for the next one. */
  adjustments: { at: string; staff: string; summary: string; amount_minor: number | null }[];
}

export const closedDays = () => get<ClosedDay[]>('/days');
export const closedDay = (date: string) => get<DayWithLate>(`/days/${date}`);
export const printDay = (date: string) => outbox.post<unknown>(`/days/${date}/print`);
