/** The list with the item at `from` put where `to` is. */
export function moved<T>(items: T[], from: number, to: number): T[] {
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, to), items[from]!, ...rest.slice(to)];
}

/** The places that are not as the order wants them, by id: 0, 1, 2 and so on. */
export const resorted = <T extends { id: string; sort: number }>(items: T[]) =>
  items.flatMap((item, sort) => (item.sort === sort ? [] : [{ id: item.id, sort }]));
