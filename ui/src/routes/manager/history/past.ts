import { get } from '$lib/api/client';
import type { CheckView, FloorView, Schemas, Uuid } from '$lib/api/schema';
import { type Params, withQuery } from '$lib/api/queries';

/** Checks of the past, newest first. */
export const pastChecks = (filter: Params) =>
  get<Schemas['CheckPage']>(withQuery('/checks/search', filter));

/** A check as it was at an instant. */
export const checkAt = (id: Uuid, at: string) => get<CheckView>(withQuery(`/checks/${id}`, { at }));

/** The floor as it was at an instant. */
export const floorAt = (at: string) => get<FloorView>(withQuery('/floor', { at }));
