import type { Key } from './catalogue';
import { i18n, listed, t } from './i18n.svelte';
import { words } from './words';

interface Refusal {
  code: string;
  title: string;
  detail: string;
  /** The dish it is about, as the menu has it. */
  item?: string;
}

/** Why the hub said no, in the reader's language where that has words for it; the hub itself speaks English. */
export function refusalWords({ code, title, detail, item }: Refusal): {
  title: string;
  detail: string;
} {
  const key = `problem.${code}` as Key;
  if (i18n.language === 'en' || !(key in words[i18n.language])) return { title, detail };
  const why = t(key as Extract<Key, `problem.${string}`>);
  return { title: item ? listed([why, item]) : why, detail: '' };
}
