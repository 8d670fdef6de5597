import type { Uuid } from '$lib/api/schema';
import {
  type Bounds,
  type Corner,
  type Point,
  degreesOf,
  middleOf,
  pointOf,
  resized,
  turnedTowards,
} from './geometry';
import { type Piece, type Plan, moved, withPlaced } from './plan';
import { type Guide, snapped } from './snap';

const GRID = 1;
const SIZE_STEP = 0.5;
const TURN_DEGREES = 15;
const REACH_PX = 7;
/** Without snapping, still no smaller than what is kept. */
const FREE_STEP = 0.01;

/** What a drag makes of the plan, and what is shown beside it meanwhile. */
export interface Dragged {
  plan: Plan;
  guides?: Guide[];
  measure?: string;
}

export interface Moving {
  plan: Plan;
  ids: ReadonlySet<Uuid>;
  bounds: Bounds;
  others: Bounds[];
}

interface How {
  /** Pixels of one unit of the plan. */
  scale: number;
  snaps: boolean;
}

export function dragMoved(moving: Moving, by: Point, { scale, snaps }: How): Dragged {
  const wanted = { dx: by.x / scale, dy: by.y / scale };
  const { dx, dy, guides } = snaps
    ? snapped(moving.bounds, moving.others, wanted, { grid: GRID, reach: REACH_PX / scale })
    : { ...wanted, guides: [] };
  return { plan: moved(moving.plan, moving.ids, dx, dy), guides };
}

/** The handle stands outside the corner it pulls, so what counts is how far it went. */
export function dragResized(
  plan: Plan,
  piece: Piece,
  corner: Corner,
  by: Point,
  { scale, snaps }: How,
): Dragged {
  const start = pointOf(piece, corner.across, corner.down);
  const to = { x: start.x + by.x / scale, y: start.y + by.y / scale };
  const { x, y, width, height } = resized(piece, corner, to, snaps ? SIZE_STEP : FREE_STEP);
  return {
    plan: withPlaced(plan, piece.id, { x, y, width, height }),
    measure: `${width} × ${height}`,
  };
}

export function dragTurned(plan: Plan, piece: Piece, to: Point, { snaps }: How): Dragged {
  const { rotation } = turnedTowards(piece, to, snaps ? TURN_DEGREES : 1);
  return { plan: withPlaced(plan, piece.id, { rotation }), measure: `${degreesOf(rotation)}°` };
}

export const frameBetween = (a: Point, b: Point): Bounds => ({
  left: Math.min(a.x, b.x),
  right: Math.max(a.x, b.x),
  top: Math.min(a.y, b.y),
  bottom: Math.max(a.y, b.y),
});

export function isFramed(piece: Piece, frame: Bounds): boolean {
  const { x, y } = middleOf(piece);
  return x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom;
}
