import type { DeviceKey, KeyAction } from '$lib/api/schema';

const NAMED: Record<number, string> = { 13: '⏎', 27: 'Esc', 32: '␣' };

/** What is printed on a key, when its code is a letter; else the code. */
export const keyName = (code: number): string =>
  NAMED[code] ?? (code > 32 && code < 127 ? String.fromCharCode(code).toUpperCase() : `#${code}`);

/** The keys after one was taught: a key does one thing, and what is taught takes the place of what was there. */
export function taughtKey(keys: DeviceKey[], code: number, does: KeyAction): DeviceKey[] {
  const rest = keys.filter((key) => key.code !== code && key.does !== does);
  return [...rest, { code, does }].toSorted((a, b) => a.code - b.code);
}
