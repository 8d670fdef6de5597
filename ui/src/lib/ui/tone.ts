import type { Progress } from '$lib/api/schema';
import type { IconName } from './icons';

/** The colours states are told in. Each state also has an icon or a word: colour is never alone. */
export type Tone = 'plain' | 'grey' | 'blue' | 'amber' | 'green' | 'violet' | 'red';

export const progressLook: Record<Progress, { tone: Tone; icon: IconName }> = {
  new: { tone: 'plain', icon: 'pencil' },
  held: { tone: 'violet', icon: 'pause' },
  fired: { tone: 'blue', icon: 'check' },
  started: { tone: 'amber', icon: 'flame' },
  ready: { tone: 'green', icon: 'bell' },
  served: { tone: 'grey', icon: 'plate' },
};
