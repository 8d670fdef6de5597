import type { AuditEntry } from '$lib/api/schema';
import { i18n, t } from '$lib/i18n/i18n.svelte';
import type { Key } from '$lib/i18n/catalogue';
import { en } from '$lib/i18n/en';

type FactKey = Extract<Key, `fact.${string}`>;

/**
 * What somebody did, in the language of the screen. The hub writes its summaries in English; in another language the
 * fact is named, with the reason that was given.
 */
export function factWords({ action, summary, fact }: AuditEntry): string {
  if (i18n.language === 'en') return summary;
  const key = `fact.${action}`;
  if (!(key in en)) return summary;
  const { reason } = fact as { reason?: unknown };
  const words = t(key as FactKey);
  return typeof reason === 'string' && reason ? `${words}: ${reason}` : words;
}
