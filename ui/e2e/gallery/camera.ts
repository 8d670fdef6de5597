import type { Page } from 'playwright-core';
import type { Shot } from './contactSheet';
import { CONTRAST_SIZE, LOOKS, type Direction, type Size } from './looks';
import { still } from './visit';
import type { Wanted } from './wanted';

/** On what device a screen is looked at. */
export interface Frame {
  size: Size;
  direction: Direction;
}

/** Takes pictures into a folder, and remembers which. */
export class Camera {
  readonly shots: Shot[] = [];

  constructor(
    private readonly folder: string,
    readonly wanted: Wanted,
  ) {}

  /** The page as it stands, in every theme that is wanted. */
  async shoot(page: Page, screen: string, state: string, { size, direction }: Frame) {
    for (const theme of this.wanted.themes) {
      const look = LOOKS[theme];
      if (look.contrast === 'more' && (size.name !== CONTRAST_SIZE || state !== 'busy')) continue;
      await page.emulateMedia({ ...look, reducedMotion: 'reduce' });
      await still(page);
      const name = screen.replaceAll(/[ /]/g, '-');
      const file = `${[name, state, size.name, theme, direction].join('.')}.png`;
      await page.screenshot({ path: this.folder + file });
      this.shots.push({ file, screen, state, size: size.name });
    }
  }
}
