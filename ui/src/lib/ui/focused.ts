import { untrack } from 'svelte';

/** For what was just made: its first field is where a person goes on. Asked once, when the field comes. */
export const focusedIf = (wanted: () => boolean) => (field: HTMLElement) => {
  if (untrack(wanted)) field.focus({ preventScroll: true });
};
