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

/** Scripts whose words follow each other without a space. */
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** A letter with its marks: accents, Hebrew and Arabic points, but also vowels of Thai and the voicing of kana. */
const MARKED = /(\P{M}?)(\p{M}+)/gu;

const withoutAccents = (text: string) =>
  text.replace(MARKED, (marked, letter: string) => (SPACELESS.test(letter) ? marked : letter));

/** Text as a search compares it: no case, no accents, one width, one form for each Arabic letter. */
export const folded = (text: string) => {
  const forms = text
    .toLowerCase()
    .replace(/[أإآٱةىؤئـ]/g, (letter) => ARABIC_FORMS[letter] ?? letter);
  return withoutAccents(forms.normalize('NFKD')).normalize('NFC');
};

/** The words of a folded query; those of a script without spaces as the browser's dictionary cuts them. */
function wordsOf(query: string): string[] {
  const spaced = query.split(/\s+/);
  if (!SPACELESS.test(query) || typeof Intl.Segmenter === 'undefined') return spaced;
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  const cut = (text: string) =>
    [...segmenter.segment(text)].filter((it) => it.isWordLike).map((it) => it.segment);
  return spaced.flatMap((word) => (SPACELESS.test(word) ? cut(word) : [word]));
}

/** Items with every word of the query in a name; a name that begins with the query comes first. */
export function searchItems(items: ItemView[], query: string): ItemView[] {
  const whole = folded(query.trim());
  if (whole === '') return [];
  const words = wordsOf(whole);
  const ranked = items.flatMap((item) => {
    const names = [item.name, ...Object.values(item.names)].map(folded);
    const has = (name: string) =>
      name.includes(whole) || words.every((word) => name.includes(word));
    if (words.length === 0 || !names.some(has)) return [];
    return [{ item, rank: names.some((name) => name.startsWith(whole)) ? 0 : 1 }];
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.item.sort - b.item.sort)
    .map(({ item }) => item);
}
