import type { Device, DeviceKind, DeviceView, Uuid } from '$lib/api/schema';
import { live } from '$lib/live/live.svelte';

/** What is edited of a device, as the hub takes it. */
export type DeviceFields = Pick<
  Device,
  | 'name'
  | 'station'
  | 'table'
  | 'area'
  | 'keys'
  | 'low_milli_celsius'
  | 'high_milli_celsius'
  | 'tolerated_minutes'
  | 'pagers_max'
>;

/** What a fridge should be, until somebody says otherwise. */
const FRIDGE = { low_milli_celsius: 0, high_milli_celsius: 5000 };

/** A device as it is set up; of a new one as it probably is meant. */
export function fieldsOf(view: DeviceView): DeviceFields {
  const { device, kind } = view;
  if (device) {
    const { name, station, table, area, keys, tolerated_minutes, pagers_max } = device;
    const { low_milli_celsius, high_milli_celsius } = device;
    const places = { name, station, table, area };
    return {
      ...places,
      keys,
      low_milli_celsius,
      high_milli_celsius,
      tolerated_minutes,
      pagers_max,
    };
  }
  const prep = live.venue?.stations.filter((one) => one.kind === 'prep') ?? [];
  return {
    name: view.found_as || view.homie,
    station: kind === 'bump_bar' ? (prep[0]?.id ?? null) : null,
    table: null,
    area: null,
    keys: [],
    low_milli_celsius: kind === 'probe' ? FRIDGE.low_milli_celsius : null,
    high_milli_celsius: kind === 'probe' ? FRIDGE.high_milli_celsius : null,
    tolerated_minutes: 10,
    pagers_max: kind === 'pager_base' ? 20 : 0,
  };
}

/** Which places a device of a kind has. */
export const hasStation = (kind: DeviceKind) => kind === 'bump_bar' || kind === 'beacon';
export const hasTable = (kind: DeviceKind) => kind === 'call_button';
export const hasArea = (kind: DeviceKind) => kind === 'customer_display';

/** Tables by their names, as people read them. */
export const tablesInOrder = (): { id: Uuid; name: string }[] =>
  [...live.tables.values()].toSorted((a, b) =>
    a.name.localeCompare(b.name, undefined, { numeric: true }),
  );
