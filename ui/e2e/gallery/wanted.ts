import { DIRECTIONS, LOOKS, SIZES, type Direction, type Size, type Theme } from './looks';

/**
 * Which pictures are to be taken. An argument that is a size, a theme or a direction leaves out the others; any other
 * is a part of the names of screens. No argument: everything.
 */
export class Wanted {
  readonly sizes: Size[];
  readonly themes: Theme[];
  readonly directions: Direction[];
  readonly #parts: string[];

  constructor(args: string[]) {
    const some = <T extends string>(all: T[]) => {
      const named = all.filter((one) => args.includes(one));
      return named.length > 0 ? named : all;
    };
    const sizes = some(SIZES.map(({ name }) => name));
    this.sizes = SIZES.filter(({ name }) => sizes.includes(name));
    this.themes = some(Object.keys(LOOKS) as Theme[]);
    this.directions = some(Object.keys(DIRECTIONS) as Direction[]);
    const known = [
      ...SIZES.map(({ name }) => name),
      ...Object.keys(LOOKS),
      ...Object.keys(DIRECTIONS),
    ];
    this.#parts = args.filter((one) => !known.includes(one));
  }

  has({ name }: { name: string }): boolean {
    return this.#parts.length === 0 || this.#parts.some((part) => name.includes(part));
  }
}
