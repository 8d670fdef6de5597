import { floor } from './floor';
import { order } from './order';
import { pay } from './pay';
import { printing } from './printing';

/** What is said where guests are seated, served and cashed, and of paper: no kitchen has to carry it. */
export const service = {
  ...floor,
  ...order,
  ...pay,
  ...printing,
};
