import { floor } from './floor';
import { kitchen } from './kitchen';
import { offline } from './offline';
import { order } from './order';
import { pay } from './pay';
import { printing } from './printing';
import { shell } from './shell';

/** What every station may have to say. */
export const stations = {
  ...shell,
  ...offline,
  ...floor,
  ...order,
  ...pay,
  ...kitchen,
  ...printing,
};
