import { catalogue } from './catalogue';
import { day } from './day';
import { floor } from './floor';
import { floorEdit } from './floorEdit';
import { kitchen } from './kitchen';
import { manager } from './manager';
import { menu } from './menu';
import { offline } from './offline';
import { order } from './order';
import { pay } from './pay';
import { printing } from './printing';
import { reports } from './reports';
import { settings } from './settings';
import { setup } from './setup';
import { shell } from './shell';

/** One file for each part of the screens. */
export const en = {
  ...shell,
  ...offline,
  ...floor,
  ...floorEdit,
  ...order,
  ...pay,
  ...kitchen,
  ...manager,
  ...day,
  ...printing,
  ...catalogue,
  ...menu,
  ...reports,
  ...settings,
  ...setup,
};
