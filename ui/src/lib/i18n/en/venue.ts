import { backup } from './backup';
import { catalogue } from './catalogue';
import { day } from './day';
import { devices } from './devices';
import { floorEdit } from './floorEdit';
import { manager } from './manager';
import { menu } from './menu';
import { reports } from './reports';
import { rights } from './rights';
import { settings } from './settings';
import { setup } from './setup';
import { terminals } from './terminals';

/** What only the manager's screens say. */
export const venue = {
  ...backup,
  ...devices,
  ...floorEdit,
  ...manager,
  ...day,
  ...catalogue,
  ...menu,
  ...reports,
  ...rights,
  ...settings,
  ...setup,
  ...terminals,
};
