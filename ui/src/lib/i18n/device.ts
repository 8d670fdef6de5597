// The words of what a device is told about itself, which come with its card.
import { device as ar } from './ar/device';
import { device as en } from './en/device';
import { bring } from './words';

bring({ en, ar });
