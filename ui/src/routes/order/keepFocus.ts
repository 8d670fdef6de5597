/**
 * Keeps the keyboard's place in a row of buttons: one that is used up and disabled while it has the focus would drop
 * it, so the next that can still be pressed takes it.
 */
export function keepFocus(row: HTMLElement) {
  let last: Element | null = null;
  const onFocus = (event: FocusEvent) => (last = event.target as Element);
  const observer = new MutationObserver(() => {
    const lost = document.activeElement === document.body || document.activeElement === last;
    if (!lost || !last?.matches(':disabled')) return;
    row.querySelector<HTMLElement>('a[href], button:enabled')?.focus();
  });

  row.addEventListener('focusin', onFocus);
  observer.observe(row, { attributes: true, attributeFilter: ['disabled'], subtree: true });
  return () => {
    observer.disconnect();
    row.removeEventListener('focusin', onFocus);
  };
}
