// The words of what somebody else approves, which come with its sheet.
import { approval as ar } from './ar/approval';
import { approval as en } from './en/approval';
import { bring } from './words';

bring({ en, ar });
