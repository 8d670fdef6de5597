import type { DecorKind, Shape } from './plan';
import type { Key } from '$lib/i18n/catalogue';

interface Size {
  width: number;
  height: number;
}

/** Something that can be put on the plan. */
export type Template = Size &
  (
    | { kind: 'table'; slug: string; shape: Shape; seats: number }
    | { kind: 'decor'; slug: DecorKind; decor: DecorKind }
  );

export const TABLES: Extract<Template, { kind: 'table' }>[] = [
  { kind: 'table', slug: 'round-2', shape: 'round', seats: 2, width: 8, height: 8 },
  { kind: 'table', slug: 'round-4', shape: 'round', seats: 4, width: 10, height: 10 },
  { kind: 'table', slug: 'square-2', shape: 'rect', seats: 2, width: 8, height: 7 },
  { kind: 'table', slug: 'square-4', shape: 'rect', seats: 4, width: 10, height: 9 },
  { kind: 'table', slug: 'long-6', shape: 'rect', seats: 6, width: 16, height: 9 },
  { kind: 'table', slug: 'long-8', shape: 'rect', seats: 8, width: 21, height: 9 },
  { kind: 'table', slug: 'bar-1', shape: 'bar', seats: 1, width: 6, height: 6 },
];

const decor = (kind: DecorKind, width: number, height: number): Template => ({
  kind: 'decor',
  slug: kind,
  decor: kind,
  width,
  height,
});

export const DECOR: Template[] = [
  decor('wall', 30, 1.5),
  decor('window', 14, 1.5),
  decor('door', 8, 8),
  decor('bar', 26, 5),
  decor('stairs', 12, 7),
  decor('plant', 4, 4),
  decor('text', 14, 4),
];

export const decorName = (kind: DecorKind): Extract<Key, `plan.decor.${string}`> =>
  `plan.decor.${kind}`;

/** Colours of sections that are told apart in light and in dark, each with the word that names it. */
export const SECTION_COLORS = [
  '#2160c4',
  '#a85703',
  '#1b7439',
  '#6744bd',
  '#b9231a',
  '#0c7285',
  '#8a3d7c',
  '#66686e',
] as const;
