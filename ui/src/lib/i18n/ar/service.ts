import { floor } from './floor';
import { order } from './order';
import { pay } from './pay';
import { printing } from './printing';

export const service = {
  ...floor,
  ...order,
  ...pay,
  ...printing,
};
