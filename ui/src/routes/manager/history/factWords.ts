import type { AuditEntry } from '$lib/api/schema';
import { i18n, t } from '$lib/i18n/i18n.svelte';
import type { Key } from '$lib/i18n/catalogue';
import { en } from '$lib/i18n/en';
import { aboutWords } from '../aboutWords';

type FactKey = Extract<Key, `fact.${string}`>;

/**
 * What somebody did, in the language of the screen. The hub writes its summaries in English; in another language the
 * fact is named, with what it is about.
 */
export function factWords(entry: AuditEntry): string {
  const { action, summary } = entry;
  if (i18n.language === 'en') return summary;
  const key = `fact.${action}`;
  if (!(key in en)) return summary;
  return [t(key as FactKey), aboutWords(entry)].filter(Boolean).join(': ');
}
