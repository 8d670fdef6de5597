import type { Permission, Role, Schemas } from '$lib/api/schema';
import { apart, commas, i18n, listed, money, percent, t, tenderName } from '$lib/i18n/i18n.svelte';
import { courseName } from '../order/courses';
import { degrees } from './devices/deviceLook';

/** What the hub's words under a code are about: each code has some of these. */
interface Params {
  name?: string;
  item?: string;
  names?: string[];
  quantity?: number;
  table?: string;
  tables?: string[];
  check?: string;
  checks?: string[];
  course?: number;
  printer?: string;
  /** Who prints for it. */
  backup?: string;
  station?: string;
  server?: string;
  kind?: string;
  mark?: 'free' | 'dirty' | 'blocked';
  available?: boolean;
  remaining?: number;
  basis_points?: number;
  amount_minor?: number;
  reason?: string;
  device?: string;
  milli_celsius?: number;
  what?: string;
  pager?: number;
  fault?: Schemas['BackupFault'];
  role?: Role;
  rights?: Partial<Record<Permission, 'may' | 'may_not'>>;
}

const joined = (names: string[] | undefined) =>
  names?.length ? new Intl.ListFormat(i18n.locale).format(names.map(apart)) : undefined;

/** Names, numbers and amounts, one after the other, as any language puts them. */
export function aboutWords(about: object): string {
  const said = (about as { params?: Params }).params ?? {};
  const thing = said.name ?? said.item;
  return listed([
    thing && said.quantity !== undefined ? `${said.quantity} × ${thing}` : thing,
    joined(said.names),
    said.table && `${t('order.table')} ${said.table}`,
    said.tables && `${t('order.table')} ${joined(said.tables) ?? ''}`,
    said.check && t('order.check', { number: said.check }),
    joined(said.checks),
    said.course !== undefined && courseName(said.course),
    said.printer,
    said.backup,
    said.station,
    said.server,
    said.kind && kindName(said.kind),
    said.role && rightsWords(said.role, said.rights ?? {}),
    said.mark && t(`table.${said.mark}`),
    said.available === false && t('eightySix.off'),
    said.remaining !== undefined && String(said.remaining),
    said.basis_points !== undefined && percent(said.basis_points),
    // Where the amount has a place of its own, it is not said twice.
    said.amount_minor !== undefined && !('amount_minor' in about) && money(said.amount_minor),
    said.device,
    said.milli_celsius !== undefined && degrees(said.milli_celsius),
    said.what && t(said.what === 'bill' ? 'alert.bill' : 'alert.call'),
    said.pager !== undefined && String(said.pager),
    said.fault && t(`backup.fault.${said.fault}`),
    said.reason,
  ]);
}

/** What was decided about a role, cell by cell. */
const rightsWords = (role: Role, rights: NonNullable<Params['rights']>) =>
  commas(
    Object.entries(rights).map(([permission, right]) => {
      const said = {
        role: t(`role.${role}`),
        permission: t(`permission.${permission as Permission}`),
      };
      return right === 'may' ? t('rights.given', said) : t('rights.taken', said);
    }),
  );

/** A kind of payment or of movement in the drawer; others say nothing that the rest does not. */
function kindName(kind: string): string {
  if (kind === 'float' || kind === 'paid_in' || kind === 'paid_out')
    return t(`drawer.kind.${kind}`);
  return ['cash', 'card', 'voucher'].includes(kind) ? tenderName(kind) : '';
}
