import { draft } from './draft.svelte';
import type { Gestures } from './gestures.svelte';
import { grown, moved, spun } from './plan';

const TURN_DEGREES = 15;
const STEP = 1;

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('input, select, textarea, dialog') !== null;

/** The focused piece counts as chosen, so that the arrows move what one sees the focus on. */
function chooseFocused(): void {
  const id = document.activeElement?.getAttribute('data-piece');
  if (id && draft.selection.size === 0) draft.select([id]);
}

/** What the keyboard does to the plan; true when it did something. */
export function planKey(event: KeyboardEvent, gestures: Gestures): boolean {
  if (isWriting(event.target)) return false;
  if (event.ctrlKey || event.metaKey) return withControl(event);
  if (event.key === 'Escape') return escape(gestures);
  if (draft.mode !== 'draw') return false;
  chooseFocused();
  return draft.selection.size > 0 && onSelection(event);
}

function withControl({ key, shiftKey }: KeyboardEvent): boolean {
  switch (key.toLowerCase()) {
    case 'z':
      if (shiftKey) draft.redo();
      else draft.undo();
      return true;
    case 'y':
      draft.redo();
      return true;
    case 'a':
      draft.select(draft.pieces.map((piece) => piece.id));
      return true;
    case 'd':
      draft.duplicate();
      return true;
    default:
      return false;
  }
}

function escape(gestures: Gestures): boolean {
  gestures.cancel();
  gestures.first = null;
  draft.select([]);
  return true;
}

function onSelection({ key, shiftKey, altKey }: KeyboardEvent): boolean {
  const ids = draft.selection;
  const arrow = ARROWS[key];
  if (arrow) {
    const [across, down] = arrow.map((step) => step * (altKey ? 0.25 : 1)) as [number, number];
    draft.edit((plan) =>
      shiftKey ? grown(plan, ids, across, down) : moved(plan, ids, across, down),
    );
    return true;
  }
  switch (key) {
    case '[':
    case ']':
      draft.edit((plan) => spun(plan, ids, key === '[' ? -TURN_DEGREES : TURN_DEGREES));
      return true;
    case 'Delete':
    case 'Backspace':
      draft.remove();
      return true;
    default:
      return false;
  }
}
