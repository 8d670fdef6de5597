import { type Bounds, tidy } from './geometry';

/** A line drawn while something stands in line with a neighbour. */
export interface Guide {
  axis: 'x' | 'y';
  at: number;
  from: number;
  to: number;
}

export interface Snapped {
  dx: number;
  dy: number;
  guides: Guide[];
}

interface Axis {
  name: 'x' | 'y';
  start: 'left' | 'top';
  end: 'right' | 'bottom';
  across: 'left' | 'top';
  acrossEnd: 'right' | 'bottom';
}

const X: Axis = { name: 'x', start: 'left', end: 'right', across: 'top', acrossEnd: 'bottom' };
const Y: Axis = { name: 'y', start: 'top', end: 'bottom', across: 'left', acrossEnd: 'right' };

/**
 * Where a thing moved by `dx`, `dy` comes to rest: in line with a neighbour's edge or middle when one is no more than
 * `reach` away, else on the grid.
 */
export function snapped(
  moving: Bounds,
  neighbours: Bounds[],
  { dx, dy }: { dx: number; dy: number },
  { grid, reach }: { grid: number; reach: number },
): Snapped {
  const x = rest(moving, neighbours, dx, X, { grid, reach });
  const y = rest(moving, neighbours, dy, Y, { grid, reach });
  const placed: Bounds = {
    left: moving.left + x.by,
    right: moving.right + x.by,
    top: moving.top + y.by,
    bottom: moving.bottom + y.by,
  };
  const guides = [guideAt(x.line, X, placed, neighbours), guideAt(y.line, Y, placed, neighbours)];
  return { dx: x.by, dy: y.by, guides: guides.filter((guide) => guide !== null) };
}

const linesOf = (box: Bounds, axis: Axis) => [
  box[axis.start],
  (box[axis.start] + box[axis.end]) / 2,
  box[axis.end],
];

function rest(
  moving: Bounds,
  neighbours: Bounds[],
  by: number,
  axis: Axis,
  { grid, reach }: { grid: number; reach: number },
): { by: number; line: number | null } {
  let best: { off: number; line: number } | null = null;
  for (const own of linesOf(moving, axis)) {
    for (const line of neighbours.flatMap((one) => linesOf(one, axis))) {
      const off = line - (own + by);
      if (Math.abs(off) > reach || (best && Math.abs(off) >= Math.abs(best.off))) continue;
      best = { off, line };
    }
  }
  if (best) return { by: tidy(by + best.off), line: best.line };
  const start = moving[axis.start];
  return { by: tidy(Math.round((start + by) / grid) * grid - start), line: null };
}

/** From the moved thing to the farthest neighbour on the line. */
function guideAt(
  line: number | null,
  axis: Axis,
  placed: Bounds,
  neighbours: Bounds[],
): Guide | null {
  if (line === null) return null;
  const onLine = neighbours.filter((one) => linesOf(one, axis).includes(line));
  const all = [placed, ...onLine];
  return {
    axis: axis.name,
    at: line,
    from: Math.min(...all.map((one) => one[axis.across])),
    to: Math.max(...all.map((one) => one[axis.acrossEnd])),
  };
}
