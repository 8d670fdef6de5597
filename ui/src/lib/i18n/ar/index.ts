import type { Catalogue } from '../catalogue';
import { approval } from './approval';
import { cloud } from './cloud';
import { demo } from './demo';
import { device } from './device';
import { problem } from './problem';
import { service } from './service';
import { stations } from './stations';
import { tour } from './tour';
import { venue } from './venue';

/** Every word. Screens load only the parts they say. */
export const ar: Catalogue = {
  ...approval,
  ...cloud,
  ...demo,
  ...device,
  ...problem,
  ...service,
  ...stations,
  ...tour,
  ...venue,
};
