/** A device by the pixels of its page. */
export interface Size {
  name: string;
  width: number;
  height: number;
  isWall?: boolean;
}

export const SIZES: Size[] = [
  { name: 'phone', width: 360, height: 740 },
  { name: 'tablet', width: 1180, height: 820 },
  { name: 'wall', width: 1920, height: 1080 },
  { name: '4k', width: 3840, height: 2160, isWall: true },
];
/** In trouble a wall looks like a tablet, but for those that hang there. */
export const TROUBLE_SIZES = ['phone', 'tablet'];
export const DIRECTIONS = { ltr: 'en-GB', rtl: 'ar' };
export type Direction = keyof typeof DIRECTIONS;
export const LOOKS = {
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  'light-contrast': { colorScheme: 'light', contrast: 'more' },
  'dark-contrast': { colorScheme: 'dark', contrast: 'more' },
} as const;
export type Theme = keyof typeof LOOKS;
/** More contrast is the same layout: one size shows it. */
export const CONTRAST_SIZE = 'tablet';
