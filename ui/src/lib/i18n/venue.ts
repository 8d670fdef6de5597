// The words of the manager's screens, which come with them: no kitchen has to carry them.
import { venue as ar } from './ar/venue';
import { venue as en } from './en/venue';
import { bring } from './words';

bring({ en, ar });
