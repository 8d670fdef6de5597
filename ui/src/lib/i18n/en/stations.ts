import { kitchen } from './kitchen';
import { line } from './line';
import { offline } from './offline';
import { shell } from './shell';

/** What every station may have to say. */
export const stations = {
  ...shell,
  ...offline,
  ...line,
  ...kitchen,
};
