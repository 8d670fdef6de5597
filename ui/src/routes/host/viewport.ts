/** A rectangle of the plan, in its own units. */
export interface Room {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Box {
  width: number;
  height: number;
}

/** Where the plan lies in its box: pixels for one unit, and where its upper left corner is. */
export interface View {
  u: number;
  x: number;
  y: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Room left around the outermost tables. */
const MARGIN = 3;
/** A unit this small makes a common table just big enough to touch, this big one fills a wall. */
const READABLE_PX = { min: 7, max: 36 };
const ZOOM_PX_MAX = 60;

/** A table, or anything else that stands on the plan. */
export interface Placed {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The part of the plan that has something, so that it fills the screen whatever the room's shape. */
export function roomOf(things: Placed[]): Room {
  if (things.length === 0) return { left: 0, top: 0, width: 100, height: 60 };
  const left = Math.min(...things.map((one) => one.x)) - MARGIN;
  const top = Math.min(...things.map((one) => one.y)) - MARGIN;
  const right = Math.max(...things.map((one) => one.x + one.width)) + MARGIN;
  const bottom = Math.max(...things.map((one) => one.y + one.height)) + MARGIN;
  return { left, top, width: right - left, height: bottom - top };
}

const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));

const fitting = (room: Room, box: Box) =>
  Math.min(box.width / room.width, box.height / room.height, READABLE_PX.max);

/** What one step zooms by. */
export const STEP_ZOOM = 1.35;
const STEP_PX = 90;

/** How far the plan moves for an arrow key: an arrow looks that way, so the plan goes the other. */
export const arrowSteps: Record<string, Point> = {
  ArrowLeft: { x: STEP_PX, y: 0 },
  ArrowRight: { x: -STEP_PX, y: 0 },
  ArrowUp: { x: 0, y: STEP_PX },
  ArrowDown: { x: 0, y: -STEP_PX },
};

/** All of the room at once. */
export const fitView = (room: Room, box: Box): View =>
  held({ u: fitting(room, box), x: 0, y: 0 }, room, box);

/** All of the room, or as much of it as can still be read and touched. */
export const homeView = (room: Room, box: Box): View =>
  held({ u: Math.max(READABLE_PX.min, fitting(room, box)), x: 0, y: 0 }, room, box);

/** Keeps the plan in its box: centred where it is smaller, and never out of sight where it is larger. */
export function held(view: View, room: Room, box: Box): View {
  const along = (at: number, size: number, space: number) =>
    size <= space ? (space - size) / 2 : clamp(at, space - size, 0);
  return {
    u: view.u,
    x: along(view.x, room.width * view.u, box.width),
    y: along(view.y, room.height * view.u, box.height),
  };
}

/** Zooms so that what is under `at` stays under it. */
export function zoomed(view: View, factor: number, at: Point, room: Room, box: Box): View {
  const u = clamp(view.u * factor, Math.min(READABLE_PX.min, fitting(room, box)), ZOOM_PX_MAX);
  const grown = u / view.u;
  return held(
    { u, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown },
    room,
    box,
  );
}

/** The part of the plan that is in its box. */
export const seen = ({ u, x, y }: View, room: Room, box: Box): Room => ({
  left: room.left - x / u,
  top: room.top - y / u,
  width: box.width / u,
  height: box.height / u,
});

/** The same part and so much around it. */
export const grown = ({ left, top, width, height }: Room, by: number): Room => ({
  left: left - by,
  top: top - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

export const touches = (part: Room, { x, y, width, height }: Placed): boolean =>
  x < part.left + part.width &&
  x + width > part.left &&
  y < part.top + part.height &&
  y + height > part.top;

/** Lays the plan on whole pixels of the screen. */
export function snapped({ u, x, y }: View, pxRatio: number): View {
  const whole = (at: number) => Math.round(at * pxRatio) / pxRatio;
  return { u, x: whole(x), y: whole(y) };
}

export const panned = (view: View, by: Point, room: Room, box: Box): View =>
  held({ u: view.u, x: view.x + by.x, y: view.y + by.y }, room, box);

/** Two fingers: what was under each stays under it as nearly as a plan that does not turn can. */
export function pinched(
  view: View,
  from: [Point, Point],
  to: [Point, Point],
  room: Room,
  box: Box,
): View {
  const apart = ([a, b]: [Point, Point]) => Math.hypot(a.x - b.x, a.y - b.y) || 1;
  const middle = ([a, b]: [Point, Point]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const [before, after] = [middle(from), middle(to)];
  const moved = panned(view, { x: after.x - before.x, y: after.y - before.y }, room, box);
  return zoomed(moved, apart(to) / apart(from), after, room, box);
}

/** Brings a thing of the plan into sight with as little movement as possible. */
export function shown(view: View, thing: Placed, room: Room, box: Box): View {
  const along = (at: number, from: number, size: number, space: number) => {
    const start = at + from * view.u;
    const end = start + size * view.u;
    if (start < 0) return at - start;
    return end > space ? at - (end - space) : at;
  };
  return held(
    {
      u: view.u,
      x: along(view.x, thing.x - room.left, thing.width, box.width),
      y: along(view.y, thing.y - room.top, thing.height, box.height),
    },
    room,
    box,
  );
}
