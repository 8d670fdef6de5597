/** Every currency that the browser knows; the one in use first, whether it is known or not. */
export const currencies = (own: string) => withOwn(own, Intl.supportedValuesOf('currency'));

export const timeZones = (own: string) => withOwn(own, Intl.supportedValuesOf('timeZone'));

const withOwn = (own: string, known: string[]) => (known.includes(own) ? known : [own, ...known]);

/** Languages that menus are often kept in. */
export const MENU_LANGUAGES = [
  'en',
  'it',
  'fr',
  'de',
  'es',
  'pt',
  'nl',
  'pl',
  'ar',
  'tr',
  'el',
  'ru',
  'zh',
  'ja',
  'ko',
  'hi',
];
