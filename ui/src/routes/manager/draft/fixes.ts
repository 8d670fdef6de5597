import type { Uuid } from '$lib/api/schema';
import type { Finding } from '$lib/catalogue/change';
import { draft } from '$lib/catalogue/theDraft';
import { t } from '$lib/i18n/i18n.svelte';

/** One touch that takes a finding away. */
export interface Fix {
  label: string;
  run: () => void;
}

const FIXES_MAX = 6;

export function fixesOf({ kind, id, field }: Finding): Fix[] {
  if (kind === 'item' && field === 'station') return stationsFor(id);
  if (kind === 'item' && field === 'tax') return taxesFor(id);
  if (kind === 'station') return printersFor(id);
  return [];
}

function stationsFor(item: Uuid): Fix[] {
  return draft
    .all('station')
    .filter((station) => station.kind === 'prep')
    .slice(0, FIXES_MAX)
    .map((station) => ({
      label: t('draft.fixStation', { name: station.name }),
      run: () => draft.set('item', item, { station: station.id }),
    }));
}

function taxesFor(item: Uuid): Fix[] {
  return draft
    .all('tax')
    .slice(0, FIXES_MAX)
    .map((tax) => ({ label: tax.name, run: () => draft.set('item', item, { tax: tax.id }) }));
}

/** A printer that names its stations can be given one more; one that names none prints for every station already. */
function printersFor(station: Uuid): Fix[] {
  return draft
    .all('printer')
    .filter(
      ({ role, stations }) =>
        role === 'kitchen' && stations.length > 0 && !stations.includes(station),
    )
    .slice(0, FIXES_MAX)
    .map((printer) => ({
      label: t('draft.fixPrinter', { name: printer.name }),
      run: () => draft.set('printer', printer.id, { stations: [...printer.stations, station] }),
    }));
}
