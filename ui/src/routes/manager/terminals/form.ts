import type { Role, Screen, TerminalView, Uuid } from '$lib/api/schema';
import type { Key } from '$lib/i18n/catalogue';

/** What a manager decides about a terminal. */
export interface TerminalFields {
  name: string;
  screen: Screen;
  station: Uuid | null;
  role: Role | null;
}

export const fresh: TerminalFields = { name: '', screen: 'home', station: null, role: null };

export const fieldsOf = ({ name, screen, station, role }: TerminalView): TerminalFields => ({
  name,
  screen,
  station: station ?? null,
  role: role ?? null,
});

export const screens = ['home', 'host', 'order', 'kitchen', 'expo', 'manager'] as const;
export const roles = ['manager', 'host', 'waiter', 'kitchen'] as const;

/** A screen of the kitchen's shows one station. */
export const isWhole = ({ name, screen, station }: TerminalFields) =>
  name.trim() !== '' && (screen !== 'kitchen' || station !== null);

export const screenNames = {
  home: 'app.home',
  host: 'home.host',
  order: 'home.order',
  kitchen: 'home.kitchen',
  expo: 'home.expo',
  manager: 'home.manager',
} as const satisfies Record<Screen, Key>;
