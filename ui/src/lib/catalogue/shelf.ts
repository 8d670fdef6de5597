import type { Edit, Edits } from './fields';
import { keyOf } from './fields';

/** A draft larger than this is not kept: the browser's shelf holds some five million characters for everything. */
export const KEPT_CHARS_MAX = 1_000_000;

export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export const shelfName = (owner: string) => `maitred.draft.${owner}`;

/** Puts a draft where a reload finds it; false when it does not fit. */
export function keep(shelf: Shelf, owner: string, edits: Edits): boolean {
  const name = shelfName(owner);
  if (edits.size === 0) {
    shelf.removeItem(name);
    return true;
  }
  const text = JSON.stringify([...edits.values()]);
  if (text.length > KEPT_CHARS_MAX) return false;
  try {
    shelf.setItem(name, text);
    return true;
  } catch {
    // The browser's shelf is full.
    return false;
  }
}

export function kept(shelf: Shelf, owner: string): Edits {
  return editsIn(shelf.getItem(shelfName(owner)));
}

/** The edits a kept text holds; none when it is not one of ours. */
export function editsIn(text: string | null): Edits {
  try {
    const list = JSON.parse(text ?? '[]') as Edit[];
    return new Map(list.map((edit) => [keyOf(edit.kind, edit.id), edit]));
  } catch {
    return new Map();
  }
}
