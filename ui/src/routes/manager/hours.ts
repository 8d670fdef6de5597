/** One hour alone would tell nothing: it is shown in the part of the day around it. */
const HOURS_MIN = 8;

/**
 * Every hour from the first to the last of a trading day that begins at `startHour`, in its order: a quiet one is seen as
 * a gap.
 */
export function hourSpan(hours: number[], startHour: number): number[] {
  if (hours.length === 0) return [];
  const order = hours.map((hour) => (hour + 24 - startHour) % 24);
  const first = Math.min(...order, 24 - HOURS_MIN);
  const count = Math.max(HOURS_MIN, Math.max(...order) - first + 1);
  return Array.from({ length: count }, (_, index) => (startHour + first + index) % 24);
}
