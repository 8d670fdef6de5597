import type { ModifierGroup } from '$lib/catalogue/entities';
import { t } from '$lib/i18n/i18n.svelte';

/** What a group asks of the guest, in plain words. */
export function ruleOf({ min, max }: Pick<ModifierGroup, 'min' | 'max'>): string {
  if (min === max) return t('group.exactly', { n: min });
  if (min === 0) return t('group.upTo', { n: max });
  return t('group.between', { min, max });
}
