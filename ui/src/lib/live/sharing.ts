type Parts = Record<string, unknown>;

/**
 * `after`, made of the parts of `before` wherever they say the same. The hub says things whole, and often again: what
 * is the same object as before is not drawn anew.
 */
export function sharing<T>(before: T | undefined, after: T): T {
  if (!isMade(before) || !isMade(after) || Array.isArray(before) !== Array.isArray(after))
    return after;
  const names = Object.keys(after);
  const shared: Parts = Array.isArray(after) ? ([] as unknown as Parts) : {};
  let isSame = names.length === Object.keys(before).length;
  for (const name of names) {
    shared[name] = sharing(before[name], after[name]);
    isSame &&= name in before && shared[name] === before[name];
  }
  return (isSame ? before : shared) as T;
}

const isMade = (value: unknown): value is Parts => typeof value === 'object' && value !== null;
