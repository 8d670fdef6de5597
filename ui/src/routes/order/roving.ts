/** Direction of an arrow key on the glass, whichever way the language runs. */
const ARROWS: Record<string, [dx: number, dy: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface Box {
  x: number;
  y: number;
}

/** The nearest box in that direction; sideways is dearer than straight on. */
export function nearest(boxes: Box[], from: number, [dx, dy]: [number, number]): number {
  const at = boxes[from]!;
  let best = from;
  let bestCost = Number.POSITIVE_INFINITY;
  boxes.forEach((box, index) => {
    const along = (box.x - at.x) * dx + (box.y - at.y) * dy;
    const across = Math.abs((box.x - at.x) * dy) + Math.abs((box.y - at.y) * dx);
    const cost = along + across * 4;
    if (along > 1 && cost < bestCost) [best, bestCost] = [index, cost];
  });
  return best;
}

const centre = (element: Element): Box => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
};

/**
 * Makes the elements that match `of` one stop of the Tab key; the arrow keys, Home and End go among them. What was
 * last focused is where Tab comes back to.
 */
export const roving = (of: string) => (container: HTMLElement) => {
  const all = () => [...container.querySelectorAll<HTMLElement>(of)];

  function stopAt(stop: HTMLElement | undefined) {
    for (const one of all()) one.tabIndex = one === stop ? 0 : -1;
  }

  function onKey(event: KeyboardEvent) {
    const items = all();
    const from = items.indexOf(event.target as HTMLElement);
    if (from < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    const to = arrow
      ? items[nearest(items.map(centre), from, arrow)]
      : { Home: items[0], End: items.at(-1) }[event.key];
    if (!to) return;
    event.preventDefault();
    to.focus();
  }

  const onFocus = (event: FocusEvent) => {
    const focused = event.target as HTMLElement;
    if (focused.matches(of)) stopAt(focused);
  };
  /** New items come without a tabindex of their own; somebody must always be reachable. */
  const observer = new MutationObserver(() => {
    const items = all();
    stopAt(items.find((one) => one === document.activeElement || one.tabIndex === 0) ?? items[0]);
  });

  stopAt(all()[0]);
  observer.observe(container, { childList: true, subtree: true });
  container.addEventListener('keydown', onKey);
  container.addEventListener('focusin', onFocus);
  return () => {
    observer.disconnect();
    container.removeEventListener('keydown', onKey);
    container.removeEventListener('focusin', onFocus);
  };
};
