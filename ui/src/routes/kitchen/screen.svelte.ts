import { readKeys, taught, factoryKeys, type KeyAction, type KeyMap } from './keymap';

export type Layout = 'columns' | 'rail';
export type Size = 'small' | 'normal' | 'large' | 'huge';

/** What text grows by; huge is read from two metres on a monitor of 24 inches. */
export const scales: Record<Size, number> = { small: 0.85, normal: 1, large: 1.3, huge: 1.7 };

interface Kept {
  layout: Layout;
  size: Size;
  /** Slugs of the other stations whose tickets this screen shows as well. */
  alsoShows: string[];
  allDay: boolean;
  /** Lines of the same dish stand as one. */
  together: boolean;
}

const KEYS_STORED_AS = 'maitred.keys';
const NUMBERS_STORED_AS = 'maitred.numbersBump';
const storedAs = (screen: string) => `maitred.screen.${screen}`;

/** How one kitchen screen is set up. Kept on the device, by the name of the screen. */
export class Screen {
  #name: string;
  layout = $state<Layout>('columns');
  size = $state<Size>('normal');
  alsoShows = $state.raw<string[]>([]);
  allDay = $state(innerWidth >= 1100);
  together = $state(false);

  constructor(name: string) {
    this.#name = name;
    const kept = read(storedAs(name));
    if (kept.layout === 'rail') this.layout = 'rail';
    if (kept.size && kept.size in scales) this.size = kept.size;
    if (Array.isArray(kept.alsoShows)) this.alsoShows = kept.alsoShows.map(String);
    if (typeof kept.allDay === 'boolean') this.allDay = kept.allDay;
    if (typeof kept.together === 'boolean') this.together = kept.together;
  }

  set(change: Partial<Kept>): void {
    Object.assign(this, change);
    const { layout, size, alsoShows, allDay, together } = this;
    localStorage.setItem(
      storedAs(this.#name),
      JSON.stringify({ layout, size, alsoShows, allDay, together } satisfies Kept),
    );
  }
}

function read(name: string): Partial<Kept> {
  try {
    return (JSON.parse(localStorage.getItem(name) ?? '{}') as Partial<Kept> | null) ?? {};
  } catch {
    return {};
  }
}

/** The keys of the bump bar that is plugged into this device. */
class Keys {
  map = $state.raw<KeyMap>(readKeys(localStorage.getItem(KEYS_STORED_AS)));
  /** True when a number bumps at once instead of choosing. */
  numbersBump = $state(localStorage.getItem(NUMBERS_STORED_AS) === 'true');

  teach(action: KeyAction, code: string): void {
    this.map = taught(this.map, action, code);
    localStorage.setItem(KEYS_STORED_AS, JSON.stringify(this.map));
  }

  reset(): void {
    this.map = factoryKeys;
    localStorage.removeItem(KEYS_STORED_AS);
  }

  letNumbersBump(on: boolean): void {
    this.numbersBump = on;
    localStorage.setItem(NUMBERS_STORED_AS, String(on));
  }
}

export const keys = new Keys();
