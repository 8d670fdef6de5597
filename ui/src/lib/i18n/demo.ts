// The words of the demo's devices and lines: no other screen shows them.
import { demo as ar } from './ar/demo';
import { demo as en } from './en/demo';
import { bring } from './words';

bring({ en, ar });
