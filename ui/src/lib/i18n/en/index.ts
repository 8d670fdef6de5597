import { day } from './day';
import { floor } from './floor';
import { kitchen } from './kitchen';
import { manager } from './manager';
import { offline } from './offline';
import { order } from './order';
import { pay } from './pay';
import { printing } from './printing';
import { shell } from './shell';

/** One file for each part of the screens. */
export const en = {
  ...shell,
  ...offline,
  ...floor,
  ...order,
  ...pay,
  ...kitchen,
  ...manager,
  ...day,
  ...printing,
};
