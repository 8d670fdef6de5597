import { kitchen } from './kitchen';
import { line } from './line';
import { offline } from './offline';
import { shell } from './shell';

export const stations = {
  ...shell,
  ...offline,
  ...line,
  ...kitchen,
};
