import { freshKey } from '$lib/api/key';
import type { Uuid } from '$lib/api/schema';
import type { Modifier, ModifierGroup } from '$lib/catalogue/entities';

export const newModifier = (): Modifier => ({
  id: freshKey(),
  name: '',
  names: {},
  price: 0,
  allergens: [],
});

/** One choice that must be made: the most common group. */
export const newGroup = (id: Uuid): ModifierGroup => ({
  id,
  name: '',
  names: {},
  min: 1,
  max: 1,
  modifiers: [newModifier()],
  archived: false,
});
