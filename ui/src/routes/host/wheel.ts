import type { GestureParts } from './gesture.svelte';
import { panned, zoomed } from './viewport';

/** A wheel that turned no more for so long has stopped. */
const REST_MS = 140;

type WheelParts = Pick<GestureParts, 'room' | 'box' | 'view' | 'move' | 'rest'>;

/** Two fingers on a touch pad come as a wheel; with Ctrl they pinch. Svelte listens passively, and the page would zoom as well. */
export const wheels = (parts: WheelParts) => (node: HTMLElement) => {
  let resting: ReturnType<typeof setTimeout> | undefined;

  function wheel(event: WheelEvent) {
    event.preventDefault();
    const { left, top } = node.getBoundingClientRect();
    const at = { x: event.clientX - left, y: event.clientY - top };
    const [view, room, box] = [parts.view(), parts.room(), parts.box()];
    if (event.ctrlKey) parts.move(zoomed(view, Math.exp(-event.deltaY / 300), at, room, box));
    else parts.move(panned(view, { x: -event.deltaX, y: -event.deltaY }, room, box));
    clearTimeout(resting);
    resting = setTimeout(parts.rest, REST_MS);
  }

  node.addEventListener('wheel', wheel, { passive: false });
  return () => {
    node.removeEventListener('wheel', wheel);
    clearTimeout(resting);
  };
};
