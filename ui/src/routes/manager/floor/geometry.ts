/** Where something stands on a plan, in grid units; it turns clockwise about its own middle. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  rotation: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const SIZE_MIN = 1;

/** Corners of the polygon that stands for a round table. */
const ROUND_CORNERS = 24;
/** Two things that only touch do not overlap. */
const TOUCH = 0.05;

/** Places are kept to a hundredth of a unit: less would only be noise in what is published. */
export const tidy = (value: number) => Math.round(value * 100) / 100 || 0;

const radians = (degrees: number) => (degrees * Math.PI) / 180;

export const degreesOf = (rotation: number) => ((rotation % 360) + 360) % 360;

export const middleOf = (box: Box): Point => ({
  x: box.x + box.width / 2,
  y: box.y + box.height / 2,
});

/** `offset` of an unturned box, turned with it. */
export function turned(offset: Point, rotation: number): Point {
  const angle = radians(rotation);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { x: offset.x * cos - offset.y * sin, y: offset.x * sin + offset.y * cos };
}

/** A point of the box: -1 is its left or upper edge, 1 its right or lower one. */
export function pointOf(box: Box, across: number, down: number): Point {
  const middle = middleOf(box);
  const offset = turned({ x: (across * box.width) / 2, y: (down * box.height) / 2 }, box.rotation);
  return { x: middle.x + offset.x, y: middle.y + offset.y };
}

export const cornersOf = (box: Box): Point[] => [
  pointOf(box, -1, -1),
  pointOf(box, 1, -1),
  pointOf(box, 1, 1),
  pointOf(box, -1, 1),
];

export function outlineOf(box: Box, round: boolean): Point[] {
  if (!round) return cornersOf(box);
  return Array.from({ length: ROUND_CORNERS }, (_, index) => {
    const angle = (2 * Math.PI * index) / ROUND_CORNERS;
    return pointOf(box, Math.cos(angle), Math.sin(angle));
  });
}

/** The smallest upright rectangle around what is turned. */
export function boundsOf(box: Box, round = false): Bounds {
  const points = outlineOf(box, round);
  return {
    left: tidy(Math.min(...points.map((point) => point.x))),
    top: tidy(Math.min(...points.map((point) => point.y))),
    right: tidy(Math.max(...points.map((point) => point.x))),
    bottom: tidy(Math.max(...points.map((point) => point.y))),
  };
}

export const around = (all: Bounds[]): Bounds => ({
  left: Math.min(...all.map((one) => one.left)),
  top: Math.min(...all.map((one) => one.top)),
  right: Math.max(...all.map((one) => one.right)),
  bottom: Math.max(...all.map((one) => one.bottom)),
});

export const isWithin = (inner: Bounds, outer: Bounds) =>
  inner.left >= outer.left - TOUCH &&
  inner.top >= outer.top - TOUCH &&
  inner.right <= outer.right + TOUCH &&
  inner.bottom <= outer.bottom + TOUCH;

/** Two convex outlines are apart exactly when a line along one of their edges keeps them apart. */
export const overlap = (a: Point[], b: Point[]) => !isApart(a, b) && !isApart(b, a);

function isApart(a: Point[], b: Point[]): boolean {
  return a.some((from, index) => {
    const to = a[(index + 1) % a.length]!;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (length === 0) return false;
    const normal = { x: (to.y - from.y) / length, y: (from.x - to.x) / length };
    const along = (point: Point) => point.x * normal.x + point.y * normal.y;
    const [ofA, ofB] = [a.map(along), b.map(along)];
    return (
      Math.max(...ofA) - TOUCH <= Math.min(...ofB) || Math.max(...ofB) - TOUCH <= Math.min(...ofA)
    );
  });
}

export interface Corner {
  across: -1 | 1;
  down: -1 | 1;
}

export const CORNERS: readonly Corner[] = [
  { across: -1, down: -1 },
  { across: 1, down: -1 },
  { across: 1, down: 1 },
  { across: -1, down: 1 },
];

/** Pulls one corner to a point; the corner across from it stays where it is. Sizes are multiples of `step`. */
export function resized<T extends Box>(box: T, corner: Corner, to: Point, step: number): T {
  const anchor = pointOf(box, -corner.across, -corner.down);
  const pulled = turned({ x: to.x - anchor.x, y: to.y - anchor.y }, -box.rotation);
  const size = (length: number) => Math.max(SIZE_MIN, Math.round(length / step) * step);
  const width = tidy(size(pulled.x * corner.across));
  const height = tidy(size(pulled.y * corner.down));
  const half = turned(
    { x: (corner.across * width) / 2, y: (corner.down * height) / 2 },
    box.rotation,
  );
  return {
    ...box,
    x: tidy(anchor.x + half.x - width / 2),
    y: tidy(anchor.y + half.y - height / 2),
    width,
    height,
  };
}

/** Turns the box so that its upper edge looks at a point, in steps. */
export function turnedTowards<T extends Box>(box: T, to: Point, stepDegrees: number): T {
  const middle = middleOf(box);
  const degrees = (Math.atan2(to.y - middle.y, to.x - middle.x) * 180) / Math.PI + 90;
  return { ...box, rotation: degreesOf(Math.round(degrees / stepDegrees) * stepDegrees) };
}
