// The words of the tour, and of the first steps it shares: they come with it.
import { tour as ar } from './ar/tour';
import { tour as en } from './en/tour';
import { bring } from './words';

bring({ en, ar });
