/** What a key of a bump bar can do. */
export type KeyAction =
  | Position
  | 'bump'
  | 'next'
  | 'previous'
  | 'lineDown'
  | 'lineUp'
  | 'start'
  | 'rush'
  | 'recall'
  | 'recent'
  | 'allDay'
  | 'pageNext'
  | 'pagePrevious';

export type Position =
  'at1' | 'at2' | 'at3' | 'at4' | 'at5' | 'at6' | 'at7' | 'at8' | 'at9' | 'at10';

/** Each action's keys, by the place of the key on the board and not by what is printed on it. */
export type KeyMap = Record<KeyAction, string[]>;

const digit = (n: number) => [`Digit${n}`, `Numpad${n}`];

/** As a bump bar is wired: digits choose a ticket, Enter bumps it, R brings the last one back. */
export const factoryKeys: KeyMap = {
  at1: digit(1),
  at2: digit(2),
  at3: digit(3),
  at4: digit(4),
  at5: digit(5),
  at6: digit(6),
  at7: digit(7),
  at8: digit(8),
  at9: digit(9),
  at10: digit(0),
  bump: ['Enter', 'Space', 'NumpadEnter'],
  next: ['ArrowRight'],
  previous: ['ArrowLeft'],
  lineDown: ['ArrowDown'],
  lineUp: ['ArrowUp'],
  start: ['KeyS', 'NumpadAdd'],
  rush: ['KeyU', 'NumpadMultiply'],
  recall: ['KeyR', 'NumpadSubtract'],
  recent: ['KeyL', 'NumpadDivide'],
  allDay: ['KeyA', 'NumpadDecimal'],
  pageNext: ['PageDown', 'BracketRight'],
  pagePrevious: ['PageUp', 'BracketLeft'],
};

export const keyActions = Object.keys(factoryKeys) as KeyAction[];

/** From 0; null for an action that is not a position. */
export function placeOf(action: KeyAction): number | null {
  const place = /^at(\d+)$/.exec(action);
  return place ? Number(place[1]) - 1 : null;
}

/** What a key does to the screen alone, wherever the bump bar is plugged in. */
export const isOfScreen = (action: KeyAction) =>
  ['recent', 'allDay', 'pageNext', 'pagePrevious'].includes(action);

export const actionOf = (map: KeyMap, code: string): KeyAction | undefined =>
  keyActions.find((action) => map[action].includes(code));

/** The map after a key was taught: a key does one thing, and what is taught takes the place of what was there. */
export function taught(map: KeyMap, action: KeyAction, code: string): KeyMap {
  const rest = keyActions.map((one) => [one, map[one].filter((key) => key !== code)] as const);
  return { ...(Object.fromEntries(rest) as KeyMap), [action]: [code] };
}

/** Reads a kept map; whatever is not one, or misses an action, is as it left the factory. */
export function readKeys(kept: string | null): KeyMap {
  const read = parsed(kept);
  const keys = keyActions.map((action) => {
    const own = read[action];
    const valid = Array.isArray(own) && own.every((key) => typeof key === 'string');
    return [action, valid ? own : factoryKeys[action]] as const;
  });
  return Object.fromEntries(keys) as KeyMap;
}

function parsed(kept: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(kept ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What is printed on a key, near enough to find it. */
export function keyLabel(code: string): string {
  const arrows: Record<string, string> = {
    ArrowRight: '→',
    ArrowLeft: '←',
    ArrowUp: '↑',
    ArrowDown: '↓',
    BracketLeft: '[',
    BracketRight: ']',
    NumpadAdd: 'Num +',
    NumpadSubtract: 'Num −',
    NumpadMultiply: 'Num ×',
    NumpadDivide: 'Num ÷',
    NumpadDecimal: 'Num .',
  };
  return arrows[code] ?? code.replace(/^(Key|Digit)/, '').replace(/^Numpad/, 'Num ');
}
