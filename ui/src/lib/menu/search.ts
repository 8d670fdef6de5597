import type { ItemView } from '$lib/api/schema';

const ARABIC_FORMS: Record<string, string> = {
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ٱ: 'ا',
  ة: 'ه',
  ى: 'ي',
  ؤ: 'و',
  ئ: 'ي',
  ـ: '',
};

/** Text as a search compares it: no case, no accents, one form for each Arabic letter. */
export const folded = (text: string) =>
  text
    .toLowerCase()
    .replace(/[أإآٱةىؤئـ]/g, (letter) => ARABIC_FORMS[letter] ?? letter)
    .normalize('NFD')
    .replace(/\p{M}/gu, '');

/** Items with every word of the query in a name; a name that begins with the query comes first. */
export function searchItems(items: ItemView[], query: string): ItemView[] {
  const whole = folded(query.trim());
  if (whole === '') return [];
  const words = whole.split(/\s+/);
  const ranked = items.flatMap((item) => {
    const names = [item.name, ...Object.values(item.names)].map(folded);
    if (!names.some((name) => words.every((word) => name.includes(word)))) return [];
    return [{ item, rank: names.some((name) => name.startsWith(whole)) ? 0 : 1 }];
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.item.sort - b.item.sort)
    .map(({ item }) => item);
}
