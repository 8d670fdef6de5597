import type { Screen } from './screens';

/** What a screen shows on which nobody has signed in. */
export interface Door extends Pick<Screen, 'name' | 'shows' | 'touch'> {
  /** Whose door: of a hub that knows the screen, of one that does not, of one that is new. */
  of: 'box' | 'house' | 'new';
}

export const DOORS: Door[] = [
  { name: 'sign in', of: 'box', shows: 'staff-waiter' },
  { name: 'pin', of: 'box', shows: 'staff-waiter', touch: ['staff-waiter'] },
  { name: 'pair', of: 'house', shows: 'code' },
  { name: 'first steps', of: 'new', shows: 'setup-name' },
];
