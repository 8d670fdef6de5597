import type { IconNode } from 'lucide';
import { icons, type IconName } from './icons';

type Shape = IconNode[number];

/** A corner's radius, drawn as one arc. */
const arc = (radius: number, x: number, y: number) => `a${radius} ${radius} 0 0 1 ${x} ${y}`;

/** One shape of an icon as a path of its own, wherever the one before it ended. */
function pathOf([tag, drawn]: Shape): string {
  const at = (name: string) => Number(drawn[name] ?? 0);
  if (tag === 'path') return `M0 0${drawn.d}`;
  if (tag === 'line') return `M${at('x1')} ${at('y1')}L${at('x2')} ${at('y2')}`;
  if (tag === 'circle') {
    const r = at('r');
    return `M${at('cx') - r} ${at('cy')}${arc(r, 2 * r, 0)}${arc(r, -2 * r, 0)}z`;
  }
  if (tag === 'rect') {
    const r = at('rx');
    const [across, down] = [at('width') - 2 * r, at('height') - 2 * r];
    const corners = [arc(r, r, r), arc(r, -r, r), arc(r, -r, -r), arc(r, r, -r)];
    const sides = [`h${across}`, `v${down}`, `h${-across}`, `v${-down}`];
    const way = sides.map((side, index) => side + (r ? corners[index] : '')).join('');
    return `M${at('x') + r} ${at('y')}${way}z`;
  }
  throw new Error(`no icon is drawn with ${tag}`);
}

const known = new Map<IconName, string>();

/** An icon as one path: one element to make instead of several, and there are many on a screen. */
export function outline(name: IconName): string {
  const shapes = icons[name];
  if (!shapes) return '';
  const drawn = known.get(name) ?? shapes.map(pathOf).join('');
  known.set(name, drawn);
  return drawn;
}
