import type { Key } from './catalogue';
import { i18n, t } from './i18n.svelte';
import { words } from './words';

interface Refusal {
  code: string;
  title: string;
  detail: string;
}

/** Why the hub said no, in the reader's language where that has words for it; the hub itself speaks English. */
export function refusalWords({ code, title, detail }: Refusal): { title: string; detail: string } {
  const key = `problem.${code}` as Key;
  if (i18n.language === 'en' || !(key in words[i18n.language])) return { title, detail };
  return { title: t(key as Extract<Key, `problem.${string}`>), detail: '' };
}
