import type { CheckView } from '$lib/api/schema';
import { apart, dateAndTime, money, t, taxName } from '$lib/i18n/i18n.svelte';
import { live } from '$lib/live/live.svelte';
import { isAlive } from '../order/courses';

/** A QR code of more than this is hard to read off another phone's glass. */
const QR_BYTES_MAX = 900;

export type Row = [name: string, minor: number];

const written = (rows: Row[]) =>
  rows.map(([name, minor]) => `${apart(name)}  ${apart(money(minor))}`);

const ordered = (check: CheckView) =>
  check.lines
    .filter(isAlive)
    .map((line): Row => [`${line.quantity} × ${line.name}`, line.total_minor]);

function sums(check: CheckView): Row[] {
  const named: Row[] = [
    [t('check.discounts'), -check.discount_minor],
    [t('check.service'), check.service_minor],
    [t('check.tips'), check.tips_minor],
  ];
  return [
    ...named.filter(([, minor]) => minor !== 0),
    [t('check.total'), check.total_minor],
    ...check.taxes.map((tax): Row => [taxName(tax.name, tax.rate_basis_points), tax.tax_minor]),
  ];
}

const paid = (check: CheckView) =>
  check.tenders.flatMap((tender): Row[] => [
    [t(`pay.${tender.kind}`), tender.tendered_minor],
    ...(tender.change_minor > 0 ? [[t('pay.change'), tender.change_minor] satisfies Row] : []),
  ]);

export const receiptTitle = (check: CheckView) =>
  `${apart(live.venue?.name ?? '')} · ${t('pay.receiptOf', { number: check.number })}`;

export const receiptHead = (check: CheckView) => [
  receiptTitle(check),
  dateAndTime(check.closed_at ?? check.opened_at),
];

/** What was ordered, what it comes to, and how it was paid. */
export const receiptParts = (check: CheckView): Row[][] =>
  [ordered(check), sums(check), paid(check)].filter((part) => part.length > 0);

/** The receipt as plain text, from what the hub says of the check: for a mail, or for a guest's camera. */
export const receiptText = (check: CheckView): string =>
  [receiptHead(check), ...receiptParts(check).map(written)]
    .map((part) => part.join('\n'))
    .join('\n\n');

/** The same for a QR code: a long evening is told by its sums alone. */
export function receiptForQr(check: CheckView): string {
  const whole = receiptText(check);
  if (new TextEncoder().encode(whole).length <= QR_BYTES_MAX) return whole;
  return [receiptTitle(check), ...written(sums(check)), ...written(paid(check))].join('\n');
}

export const receiptMail = (check: CheckView) =>
  `mailto:?subject=${encodeURIComponent(receiptTitle(check))}&body=${encodeURIComponent(receiptText(check).replaceAll('\n', '\r\n'))}`;
