import { type Point, turned } from './geometry';
import type { PlanTable } from './plan';

/** Between the table and the middle of a chair, in units of the plan. */
const REACH = 0.9;
const CHAIRS_MAX = 24;

export interface Chair extends Point {
  /** Which way its back looks, clockwise from up. */
  degrees: number;
}

/** Where the chairs stand, from the middle of an unturned table. Too many to draw are not drawn. */
export function chairsOf({ shape, seats, width, height }: PlanTable): Chair[] {
  if (seats > CHAIRS_MAX) return [];
  switch (shape) {
    case 'round':
      return Array.from({ length: seats }, (_, index) => {
        const degrees = (360 * index) / seats;
        const out = turned({ x: 0, y: -1 }, degrees);
        return { x: out.x * (width / 2 + REACH), y: out.y * (height / 2 + REACH), degrees };
      });
    case 'bar':
      return row(seats, width, height / 2 + REACH, 180);
    case 'rect':
      return aroundRect(seats, width, height);
  }
}

function aroundRect(seats: number, width: number, height: number): Chair[] {
  const [long, short] = width >= height ? [width, height] : [height, width];
  const ends = seats >= 6 || seats % 2 === 1 ? 1 : 0;
  const end = ends === 1 && seats >= 6 && seats % 2 === 0 ? 2 : ends;
  const sides = seats - end;
  const upper = row(Math.ceil(sides / 2), long, short / 2 + REACH, 0);
  const lower = row(Math.floor(sides / 2), long, short / 2 + REACH, 180);
  const heads = [90, 270]
    .slice(0, end)
    .flatMap((degrees) => row(1, short, long / 2 + REACH, degrees));
  const chairs = [...upper, ...lower, ...heads];
  return width >= height ? chairs : chairs.map((chair) => rotated(chair, 90));
}

/** Chairs along a side `away` from the middle, on the side that `degrees` looks to. */
const row = (count: number, length: number, away: number, degrees: number): Chair[] =>
  Array.from({ length: count }, (_, index) =>
    rotated({ x: ((index + 0.5) / count - 0.5) * length, y: -away, degrees: 0 }, degrees),
  );

const rotated = (chair: Chair, degrees: number): Chair => ({
  ...turned(chair, degrees),
  degrees: chair.degrees + degrees,
});
