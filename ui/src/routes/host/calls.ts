import type { AttentionItem, Uuid } from '$lib/api/schema';
import { live } from '$lib/live/live.svelte';

/** Tables that call, the longest waiting first. */
export const calls = (): AttentionItem[] =>
  live.attention
    .filter((item) => item.kind === 'table_call')
    .toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since));

export const isBill = (item: AttentionItem) => String(item.params.what) === 'bill';

/** What a table calls for; null when it does not. */
export function callOf(table: Uuid): 'call' | 'bill' | null {
  const call = calls().find((item) => item.table_id === table);
  if (!call) return null;
  return isBill(call) ? 'bill' : 'call';
}
