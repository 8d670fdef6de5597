import { get } from '$lib/api/client';
import type { StaffTile } from '$lib/api/schema';
import { outbox } from '$lib/live/outbox.svelte';
import type { Plan } from './plan';
import type { FloorChange } from './publish';

type Staff = StaffTile & { archived?: boolean };

/** The room as the hub has it, and who can be given a section. */
export async function published(): Promise<{ plan: Plan; staff: StaffTile[] }> {
  const { areas, tables, decor, sections, staff } = await get<Plan & { staff: Staff[] }>(
    '/catalogue',
  );
  return {
    plan: { areas, tables, decor, sections },
    staff: staff.filter((one) => !one.archived),
  };
}

/** All of them or none. */
export const publishChanges = (changes: FloorChange[]) =>
  outbox.post<unknown>('/catalogue/changes', { changes });
