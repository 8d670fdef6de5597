import type { Catalogue } from './catalogue';
import { stations as english } from './en/stations';

export type Language = 'en' | 'ar';

/** The words that are loaded: those of every station, and what a screen with more to say has brought. */
export const words: Record<Language, Partial<Catalogue>> = { en: { ...english }, ar: {} };

export function bring(more: Partial<Record<Language, Partial<Catalogue>>>): void {
  Object.assign(words.en, more.en);
  Object.assign(words.ar, more.ar);
}

/** English is there from the start; another language is fetched by those who read it. */
export async function load(language: Language): Promise<void> {
  if (language !== 'ar') return;
  const [{ stations }, { service }, { problem }] = await Promise.all([
    import('./ar/stations'),
    import('./ar/service'),
    import('./ar/problem'),
  ]);
  bring({ ar: { ...stations, ...service, ...problem } });
}
