import type { Uuid } from '$lib/api/schema';
import type { Change, Finding } from '$lib/catalogue/change';
import type { Kind, PriceSchedule } from '$lib/catalogue/entities';
import { same, type Fields } from '$lib/catalogue/fields';
import { draft } from '$lib/catalogue/theDraft';
import type { Key } from '$lib/i18n/catalogue';
import { en } from '$lib/i18n/en';
import { allergenName, commas, i18n, money, percent, t } from '$lib/i18n/i18n.svelte';

type FieldKey = Extract<Key, `field.${string}`>;

/** A field as people call it; `names.en` is the name in one language. */
export function fieldName(field: string): string {
  const [first = field, tag] = field.split('.');
  if (first === 'names' && tag) return t('menu.nameIn', { language: languageName(tag) });
  return `field.${first}` in en ? t(`field.${first}` as FieldKey) : field;
}

export const languageName = (tag: string) =>
  new Intl.DisplayNames(i18n.locale, { type: 'language' }).of(tag) ?? tag;

/** Where each kind is edited. */
export function pageOf(kind: Finding['kind'], id: Uuid): string {
  switch (kind) {
    case 'item':
      return `/manager/menu/item/${id}`;
    case 'modifier_group':
      return `/manager/menu/group/${id}`;
    case 'category':
      return `/manager/menu/category/${id}`;
    case 'tax':
      return '/manager/taxes';
    case 'station':
      return `/manager/stations/${id}`;
    case 'printer':
      return `/manager/printers/${id}`;
    case 'device':
      return `/manager/devices/${id}`;
    case 'terminal':
      return '/manager/terminals';
    case 'staff':
      return `/manager/staff/${id}`;
    case 'rights':
      return '/manager/staff/rights';
    case 'venue':
      return '/manager/stations';
    case 'area':
    case 'table':
    case 'decor':
    case 'section':
      return '/manager/floor';
  }
}

/** The name of an entity as it will be, or as it was when it is no longer to be there. */
export function titleOf(kind: Finding['kind'], id: Uuid): string {
  if (kind === 'rights') return t('rights.title');
  // Devices and terminals are set up by themselves: the draft knows none.
  if (kind === 'device') return t('kind.device');
  if (kind === 'terminal') return t('kind.terminal');
  const fields = draft.get(kind, id) ?? draft.published?.[kind].get(id);
  const name = (fields as { name?: string } | undefined)?.name?.trim();
  return name || t('draft.unnamed');
}

const referred: Partial<Record<string, Kind>> = {
  category: 'category',
  tax: 'tax',
  station: 'station',
  stations: 'station',
  areas: 'area',
  modifier_groups: 'modifier_group',
  backup: 'printer',
  catch_all_station: 'station',
};

const none = () => t('app.none');

function listed(values: unknown[], write: (value: unknown) => string): string {
  return values.length ? commas(values.map(write)) : none();
}

/** A field's value as a person reads it. */
export function valueText(field: string, value: unknown): string {
  const kind = referred[field];
  const name = (id: unknown) => titleOf(kind!, id as Uuid);
  if (value === null || value === undefined || value === '') return none();
  if (typeof value === 'boolean') return value ? t('draft.yes') : t('draft.no');
  if (Array.isArray(value)) {
    if (kind) return listed(value, name);
    if (field === 'allergens') return listed(value, (one) => allergenName(one as string));
    if (field === 'price_schedules')
      return listed(value, (one) => {
        const { name: title, price } = one as PriceSchedule;
        return `${title} ${money(price)}`;
      });
    return listed(value, nameOf);
  }
  if (kind) return name(value);
  if (field === 'price') return money(value as number);
  if (field === 'basis_points') return percent(value as number);
  if (field === 'prep_secs') return t('menu.minutes', { n: Math.round((value as number) / 60) });
  if (field === 'role' && `role.${String(value)}` in en) return t(`role.${value as 'manager'}`);
  if (typeof value === 'object') return listed(Object.values(value), String);
  return String(value);
}

const nameOf = (value: unknown) =>
  typeof value === 'object' && value !== null && 'name' in value
    ? String((value as { name: unknown }).name).trim() || t('draft.unnamed')
    : String(value);

/** Fields that say nothing to a person who reads what a change does. */
const silent = new Set(['id', 'sort', 'has_pin', 'archived']);

/** What a change does, field by field. */
export function stepsOf({ entity, base }: Change): { field: string; from: string; to: string }[] {
  if (!entity || !base) return [];
  return Object.keys(entity)
    .filter((field) => !silent.has(field) && !same(entity[field], base[field]))
    .map((field) => ({
      field,
      from: valueText(field, base[field]),
      to: valueText(field, entity[field]),
    }));
}

export const isMoved = ({ entity, base }: Change) =>
  !!entity && !!base && !same((entity as Fields).sort, (base as Fields).sort);

/** A finding in the screen's language; the hub's own words for one that this screen does not know. */
export function findingText({ code, name, other_name, detail }: Finding): string {
  const key = `finding.${code}`;
  if (!(key in en)) return detail || code;
  // What such a message does not name, it leaves out.
  const written = t as (key: Key, params: Record<string, string>) => string;
  const unnamed = t('draft.unnamed');
  return written(key as Key, { name: name || unnamed, other: other_name || unnamed, detail });
}
