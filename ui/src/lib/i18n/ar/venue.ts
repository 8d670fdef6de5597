import { catalogue } from './catalogue';
import { day } from './day';
import { floorEdit } from './floorEdit';
import { manager } from './manager';
import { menu } from './menu';
import { reports } from './reports';
import { rights } from './rights';
import { settings } from './settings';
import { setup } from './setup';

/** What only the manager's screens say. */
export const venue = {
  ...floorEdit,
  ...manager,
  ...day,
  ...catalogue,
  ...menu,
  ...reports,
  ...rights,
  ...settings,
  ...setup,
};
