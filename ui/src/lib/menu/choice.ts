import type { ItemView, ModifierGroupView, Uuid } from '$lib/api/schema';

/** Picks or unpicks a modifier; in a group of one, the new pick takes the old one's place. */
export function toggled(group: ModifierGroupView, picked: Uuid[], id: Uuid): Uuid[] {
  if (picked.includes(id)) return picked.filter((other) => other !== id);
  const mine = group.modifiers.map((modifier) => modifier.id);
  if (group.max === 1) return [...picked.filter((other) => !mine.includes(other)), id];
  const count = mine.filter((other) => picked.includes(other)).length;
  return count < group.max ? [...picked, id] : picked;
}

export function isComplete(group: ModifierGroupView, picked: Uuid[]): boolean {
  const count = group.modifiers.filter(({ id }) => picked.includes(id)).length;
  return count >= group.min && count <= group.max;
}

/** One of the item with what is picked; of an open item, what was said of it. */
export function unitPriceMinor(
  item: ItemView,
  { modifiers: picked, open }: { modifiers: Uuid[]; open?: { price_minor: number } },
): number {
  const chosen = item.modifier_groups
    .flatMap((group) => group.modifiers)
    .filter(({ id }) => picked.includes(id));
  return chosen.reduce(
    (sum, modifier) => sum + modifier.price_minor,
    open?.price_minor ?? item.price_minor,
  );
}

/** True when the item cannot be added without asking. */
export const mustAsk = (item: ItemView) =>
  item.open || item.modifier_groups.some((group) => group.min > 0);
