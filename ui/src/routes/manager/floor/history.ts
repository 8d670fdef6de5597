/** What was, what is and what was undone. Nothing is dropped: a session's work fits in memory. */
export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
}

export const begun = <T>(present: T): History<T> => ({ past: [], present, future: [] });

export function changed<T>(history: History<T>, present: T): History<T> {
  if (present === history.present) return history;
  return { past: [...history.past, history.present], present, future: [] };
}

export function undone<T>({ past, present, future }: History<T>): History<T> {
  const before = past.at(-1);
  if (before === undefined) return { past, present, future };
  return { past: past.slice(0, -1), present: before, future: [present, ...future] };
}

export function redone<T>({ past, present, future }: History<T>): History<T> {
  const [after, ...rest] = future;
  if (after === undefined) return { past, present, future };
  return { past: [...past, present], present: after, future: rest };
}
