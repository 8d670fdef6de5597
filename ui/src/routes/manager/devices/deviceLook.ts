import type { DeviceKind, DeviceView } from '$lib/api/schema';
import { i18n } from '$lib/i18n/i18n.svelte';
import type { IconName } from '$lib/ui/icons';
import type { Tone } from '$lib/ui/tone';

export const kindIcon: Record<DeviceKind, IconName> = {
  bump_bar: 'kitchen',
  pager_base: 'bell',
  call_button: 'host',
  customer_display: 'cash',
  beacon: 'bolt',
  probe: 'thermometer',
  drawer: 'card',
};

export const stateLook: Record<DeviceView['health']['state'], { tone: Tone; icon: IconName }> = {
  ready: { tone: 'green', icon: 'check' },
  init: { tone: 'blue', icon: 'clock' },
  sleeping: { tone: 'grey', icon: 'pause' },
  disconnected: { tone: 'amber', icon: 'offline' },
  lost: { tone: 'red', icon: 'offline' },
  unknown: { tone: 'grey', icon: 'clock' },
};

/** In front of a number and its unit: both are read as Arabic, whatever stands beside them. */
const AS_ARABIC = '\u061c';

/** As people read it: 4.5 °C. */
export function degrees(milliCelsius: number): string {
  const format = new Intl.NumberFormat(i18n.locale, {
    style: 'unit',
    unit: 'celsius',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  return (i18n.direction === 'rtl' ? AS_ARABIC : '') + format.format(milliCelsius / 1000);
}
