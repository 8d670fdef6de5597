// The icons of the floor, the order pad and the till, which come with them: no kitchen has to carry them.
import {
  Banknote,
  Broom,
  Calendar,
  CreditCard,
  Ellipsis,
  Gift,
  GripVertical,
  Mail,
  Maximize,
  Merge,
  MoveRight,
  Percent,
  Redo2,
  SlidersHorizontal,
  Split,
  Star,
  Ticket,
  type IconNode,
} from 'lucide';
import { icons } from './icons';

const service = {
  calendar: Calendar,
  more: Ellipsis,
  star: Star,
  broom: Broom,
  cash: Banknote,
  card: CreditCard,
  voucher: Ticket,
  gift: Gift,
  move: MoveRight,
  merge: Merge,
  split: Split,
  percent: Percent,
  redo: Redo2,
  grip: GripVertical,
  fit: Maximize,
  adjust: SlidersHorizontal,
  mail: Mail,
} satisfies Record<string, IconNode>;

export type ServiceIcon = keyof typeof service;

Object.assign(icons, service);
