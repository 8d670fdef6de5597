import { numbers } from './formatter';

/** How a venue writes money: whole minor units, with the currency's own exponent. */
export interface MoneyFormat {
  locale: string;
  currency: string;
  exponent: number;
}

export function formatMoney(
  minor: number,
  { locale, currency, exponent }: MoneyFormat,
  signDisplay: Intl.NumberFormatOptions['signDisplay'] = 'auto',
): string {
  return numbers(locale, {
    signDisplay,
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  }).format(minor / 10 ** exponent);
}

/** The same amount without the currency, for places where the currency is plain to see. */
export function formatAmount(minor: number, { locale, exponent }: MoneyFormat): string {
  return numbers(locale, {
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  }).format(minor / 10 ** exponent);
}

const AMOUNT_MINOR_MAX = 99_999_999;

/** Minor units of an amount as a person types it, with a point or a comma; null when it is none. */
export function parseAmount(text: string, exponent: number): number | null {
  const plain = text
    .trim()
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[,٫]/g, '.');
  const match = /^(-?)(\d{1,9})(?:\.(\d*))?$/.exec(plain);
  if (!match) return null;
  const [, sign, whole, rest = ''] = match;
  if (rest.length > exponent) return null;
  const minor = Number(`${whole}${rest.padEnd(exponent, '0')}`);
  if (minor > AMOUNT_MINOR_MAX) return null;
  return sign && minor !== 0 ? -minor : minor;
}

/** An amount as it is typed: no grouping, a point, the currency's own digits. */
export const typedAmount = (minor: number, exponent: number) =>
  (minor / 10 ** exponent).toFixed(exponent);
