import { commas, itemName, money, percent, t } from '$lib/i18n/i18n.svelte';
import type { About } from './about';
import { live } from './live.svelte';

/** What a command does, in a waiter's words: "2 Margherita to table T4". */
export function saidOf(about: About): string {
  const { act, table, check, covers = 0, amount_minor = 0, basis_points, items } = about;
  const place = table
    ? t('unsent.table', { name: table })
    : check
      ? t('unsent.check', { name: check })
      : t('unsent.newCheck');
  const what = commas(items.map(itemSaid));
  switch (act) {
    case 'lines':
      return t('unsent.lines', { what, place });
    case 'void':
    case 'comp':
    case 'refire':
    case 'change':
      return t(`unsent.${act}`, { what, place });
    case 'stock':
      return t('unsent.stock', { what: commas(items.map((item) => nameOf(item))) });
    case 'open':
      return t('unsent.open', { place, covers });
    case 'pay':
      return t('unsent.pay', { amount: money(amount_minor), place });
    case 'refund':
    case 'tip':
      return t(`unsent.${act}`, { amount: money(amount_minor), place });
    case 'discount':
    case 'service':
      return t(`unsent.${act}`, {
        amount: basis_points === undefined ? money(amount_minor) : percent(basis_points),
        place,
      });
    case 'reopen':
    case 'fire':
    case 'hold':
    case 'close':
    case 'onCheck':
    case 'onTable':
    case 'kitchen':
      return t(`unsent.${act}`, { place });
    case 'print':
    case 'signOut':
    case 'other':
      return t(`unsent.${act}`);
  }
}

type Item = About['items'][number];

const itemSaid = (item: Item) => t('unsent.item', { n: item.quantity, name: nameOf(item) });

function nameOf({ item, name }: Item): string {
  const known = live.items.get(item);
  return known?.name === name ? itemName(known) : name;
}
