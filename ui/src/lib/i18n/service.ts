// The words of the floor, the order pad and the till, which come with them: no kitchen has to carry them. Who reads another
// language than English has them from the start.
import { service as en } from './en/service';
import { bring } from './words';

bring({ en });
