import { live } from '$lib/live/live.svelte';
import type { Instant, ItemView } from '$lib/api/schema';
import { fill, type Args, type Key } from './catalogue';
import { dates, numbers } from './formatter';
import { load, words, type Language } from './words';
import { formatAmount, formatMoney, type MoneyFormat } from './money';

export type { Language };

type AllergenKey = Extract<Key, `allergen.${string}`>;

const STORED_AS = 'maitred.language';
/** Western digits everywhere: they are on the keypads, the paper and the tables. */
const locales: Record<Language, string> = { en: 'en-GB', ar: 'ar-u-nu-latn' };

class I18n {
  language = $state<Language>(stored());
  locale = $derived(locales[this.language]);
  direction = $derived<'ltr' | 'rtl'>(this.language === 'ar' ? 'rtl' : 'ltr');
  plural = $derived(new Intl.PluralRules(this.language));

  /** Fetches the words of the language before anything is written in it. */
  restore(): Promise<void> {
    return load(this.language);
  }

  async use(language: Language): Promise<void> {
    await load(language);
    this.language = language;
    localStorage.setItem(STORED_AS, language);
  }
}

function stored(): Language {
  const kept = localStorage.getItem(STORED_AS) ?? navigator.language;
  return kept.startsWith('ar') ? 'ar' : 'en';
}

export const i18n = new I18n();

/** Keeps a name or an amount in one piece where the sentence runs from right to left. */
export const apart = (text: string): string =>
  i18n.direction === 'rtl' ? `\u2068${text}\u2069` : text;

/** Things said one after the other. */
export const listed = (things: (string | false | 0 | null | undefined)[]): string =>
  things.flatMap((one) => (one ? [apart(one)] : [])).join(' · ');

/** Things of one kind, as each script puts commas. */
export const commas = (things: string[]): string =>
  things.map(apart).join(i18n.direction === 'rtl' ? '، ' : ', ');

export function t<K extends Key>(key: K, ...args: Args<K>): string {
  const message = words[i18n.language][key] ?? key;
  if (typeof message === 'string' && args.length === 0) return message;
  const params = Object.entries((args[0] ?? {}) as Record<string, string | number>);
  const whole = params.map(([name, it]) => [name, typeof it === 'string' ? apart(it) : it]);
  return fill(message, Object.fromEntries(whole), i18n.plural);
}

function moneyFormat(): MoneyFormat {
  const { currency = 'EUR', currency_exponent: exponent = 2 } = live.venue ?? {};
  return { locale: i18n.locale, currency, exponent };
}

export const money = (minor: number) => formatMoney(minor, moneyFormat());
/** What is added, or taken off: with its sign, where the language writes it. */
export const moneyMore = (minor: number) => formatMoney(minor, moneyFormat(), 'exceptZero');
export const amount = (minor: number) => formatAmount(minor, moneyFormat());

const inVenue = (options: Intl.DateTimeFormatOptions) =>
  dates(i18n.locale, { timeZone: live.venue?.time_zone, ...options });

export const timeOfDay = (at: Instant) =>
  inVenue({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(Date.parse(at));

export const dateAndTime = (at: Instant) =>
  inVenue({
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(Date.parse(at));

/** A business date is a label, not an instant: it is written as it stands, in no zone. */
export const businessDate = (date: string) =>
  dates(i18n.locale, {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'long',
  }).format(Date.parse(`${date}T00:00:00Z`));

export const percent = (basisPoints: number) =>
  numbers(i18n.locale, { style: 'percent', maximumFractionDigits: 2 }).format(basisPoints / 10_000);

/** Elapsed time as a kitchen reads it: minutes and seconds, from an hour on hours and minutes. */
export function elapsed(secs: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  if (secs < 3600) return `${Math.floor(secs / 60)}:${two(secs % 60)}`;
  return `${Math.floor(secs / 3600)}h${two(Math.floor((secs % 3600) / 60))}`;
}

/** A span of time in the unit that tells it best: "12 s", "5 min", "3 hr". */
export function ago(secs: number, unitDisplay: 'short' | 'narrow' = 'short'): string {
  const [value, unit] =
    secs < 60
      ? [secs, 'second']
      : secs < 3600
        ? [Math.floor(secs / 60), 'minute']
        : [Math.floor(secs / 3600), 'hour'];
  const options = { style: 'unit', unit, unitDisplay } as const;
  return numbers(i18n.locale, options).format(value as number);
}

/** A venue may name an allergen that no catalogue knows; it is then written as the venue writes it. */
export const allergenName = (name: string) => {
  const key = `allergen.${name}`;
  return key in words.en ? t(key as AllergenKey) : name;
};

/** A tax is often named with its rate already: "VAT 10%" is not written "VAT 10% 10%". */
export const taxName = (name: string, basisPoints: number) =>
  /\d\s*%/.test(name) ? name : t('check.taxRate', { name, rate: percent(basisPoints) });

/** In the reader's language where the venue says it in that, otherwise in the venue's own. */
export const named = ({ name, names }: { name: string; names: Record<string, string> }) =>
  names[i18n.language] ?? name;

export const itemName = (item: ItemView) => named(item);

/** A tender of a kind that we do not know is written as it came. */
export const tenderName = (kind: string) =>
  kind === 'cash' || kind === 'card' || kind === 'voucher' ? t(`pay.${kind}`) : kind;
