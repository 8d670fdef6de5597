// The words of the cloud's dashboard, which come with it: no hub has to carry them.
import { cloud as ar } from './ar/cloud';
import { cloud as en } from './en/cloud';
import { bring } from './words';

bring({ en, ar });
