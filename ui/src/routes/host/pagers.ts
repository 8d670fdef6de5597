import type { CheckSummary, DeviceView, PagerView, Uuid } from '$lib/api/schema';
import { t } from '$lib/i18n/i18n.svelte';

interface Party {
  check_number: string;
  place: string | null;
  name: string;
}

/** Whose pager it is, as people say it: their name, or where they sit, or the check they wait with. */
export const partyOf = ({ check_number, place, name }: Party | PagerView) =>
  name || (place ? `${t('order.table')} ${place}` : t('order.check', { number: check_number }));

export const nameOf = ({ number, table_name, name }: CheckSummary) =>
  partyOf({ check_number: number, place: table_name, name });

/** Every pager of the house: a base that reaches more of them has the others too. */
export function numbersOf(bases: DeviceView[]): number[] {
  const max = Math.max(0, ...bases.map((base) => base.device?.pagers_max ?? 0));
  return Array.from({ length: max }, (_, index) => index + 1);
}

/** Parties that could be called and carry nothing yet: who has no table waits for something, and comes first. */
export function waitingParties(checks: CheckSummary[], out: PagerView[]): CheckSummary[] {
  const have = new Set<Uuid>(out.map((pager) => pager.check_id));
  return checks
    .filter((check) => check.state === 'open' && !have.has(check.id))
    .toSorted(
      (a, b) =>
        Number(a.table_id !== null) - Number(b.table_id !== null) ||
        Date.parse(b.opened_at) - Date.parse(a.opened_at),
    );
}
