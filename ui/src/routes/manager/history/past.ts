import { get } from '$lib/api/client';
import type { CheckSummary, CheckView, FloorView, Uuid } from '$lib/api/schema';
import { type Params, withQuery } from '$lib/api/queries';

export interface CheckPage {
  checks: CheckSummary[];
  next_cursor: string | null;
}

/** Checks of the past, newest first. */
export const pastChecks = (filter: Params) => get<CheckPage>(withQuery('/checks/past', filter));

/** A check as it was at an instant. */
export const checkAt = (id: Uuid, at: string) =>
  get<CheckView>(withQuery(`/checks/${id}/at`, { at }));

/** The floor as it was at an instant. */
export const floorAt = (at: string) => get<FloorView>(withQuery('/floor', { at }));
