import type { Catalogue } from '../catalogue';
import { approval } from './approval';
import { cloud } from './cloud';
import { problem } from './problem';
import { stations } from './stations';
import { tour } from './tour';
import { venue } from './venue';

/** Every word. Screens load only the parts they say. */
export const ar: Catalogue = { ...approval, ...cloud, ...problem, ...stations, ...tour, ...venue };
