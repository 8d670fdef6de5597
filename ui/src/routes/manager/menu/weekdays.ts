import { i18n } from '$lib/i18n/i18n.svelte';

/** The name of a weekday, 1 = Monday. 1 January 2024 was one. */
export const weekdayName = (weekday: number, form: 'short' | 'long') =>
  new Intl.DateTimeFormat(i18n.locale, { weekday: form, timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, weekday),
  );
