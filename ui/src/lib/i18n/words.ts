import { stations as arabic } from './ar/stations';
import type { Catalogue } from './catalogue';
import { stations as english } from './en/stations';

export type Language = 'en' | 'ar';

/** The words that are loaded: those of every station, and what a screen with more to say has brought. */
export const words: Record<Language, Partial<Catalogue>> = {
  en: { ...english },
  ar: { ...arabic },
};

export function bring(more: Record<Language, Partial<Catalogue>>): void {
  Object.assign(words.en, more.en);
  Object.assign(words.ar, more.ar);
}
