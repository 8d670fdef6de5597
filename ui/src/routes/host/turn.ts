import type { Schemas, TableView } from '$lib/api/schema';
import { occupancyOf } from './tableLook';

export type TurnTime = Schemas['TurnTime'];

/** A party of a venue that does not say how long they stay. */
const USUAL_MINUTES = 120;

/** How long a party of so many usually stays. The last entry counts for larger parties too. */
export function turnMinutes(turns: TurnTime[], covers: number): number {
  const fits = turns.find((turn) => covers <= turn.covers_max) ?? turns.at(-1);
  return fits?.minutes ?? USUAL_MINUTES;
}

/** When a party is expected to leave, by its size and since when it sits, in milliseconds; null for an empty table. */
export function freeAtMs(table: TableView, turns: TurnTime[]): number | null {
  const { since, covers } = occupancyOf(table);
  return since === null ? null : Date.parse(since) + turnMinutes(turns, covers) * 60_000;
}
