import type { ImportRow } from '$lib/api/schema';
import type { Key } from '$lib/i18n/catalogue';
import { en } from '$lib/i18n/en';
import { t } from '$lib/i18n/i18n.svelte';

/** What is wrong with a cell, in the screen's language; the hub's own words where this screen has none. */
export function rowProblem(
  { code, detail }: ImportRow['problems'][number],
  cell: string | undefined,
): string {
  const key = `row.${code}`;
  const written = t as (key: Key, params: Record<string, string>) => string;
  return key in en ? written(key as Key, { cell: cell ?? '' }) : detail;
}
