/** How a venue writes money: whole minor units, with the currency's own exponent. */
export interface MoneyFormat {
  locale: string;
  currency: string;
  exponent: number;
}

export function formatMoney(minor: number, { locale, currency, exponent }: MoneyFormat): string {
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  }).format(minor / 10 ** exponent);
}

/** The same amount without the currency, for places where the currency is plain to see. */
export function formatAmount(minor: number, { locale, exponent }: MoneyFormat): string {
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  }).format(minor / 10 ** exponent);
}
