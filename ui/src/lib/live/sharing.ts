type Parts = Record<string, unknown>;

/**
 * `after`, its parts replaced by those of `before` that say the same; `before` itself when nothing is different. The hub
 * says things whole, and often again: what is the same object as before is not drawn anew.
 */
export function sharing<T>(before: T | undefined, after: T): T {
  if (!isMade(before) || !isMade(after) || Array.isArray(before) !== Array.isArray(after))
    return after;
  const names = Object.keys(after);
  let isSame = names.length === Object.keys(before).length;
  for (const name of names) {
    const part = sharing(before[name], after[name]);
    if (part !== after[name]) (after as Parts)[name] = part;
    isSame &&= name in before && part === before[name];
  }
  return isSame ? before : after;
}

const isMade = (value: unknown): value is Parts => typeof value === 'object' && value !== null;
