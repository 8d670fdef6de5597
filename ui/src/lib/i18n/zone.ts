/** What a clock on the wall of a zone shows at an instant, as if it were UTC. */
function wallMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((one) => one.type === type)?.value ?? 0);
  return Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
}

/**
 * The instant at which the clocks of a zone show `local`, "2026-11-20T19:30". A time that the clocks skip in spring is
 * taken as the one after the gap; one that they show twice in autumn is the first of the two.
 */
export function instantIn(local: string, timeZone: string): Date {
  const wanted = Date.parse(`${local}Z`);
  const HALF_DAY_MS = 12 * 3600 * 1000;
  const early = wanted - (wallMs(wanted - HALF_DAY_MS, timeZone) - (wanted - HALF_DAY_MS));
  if (wallMs(early, timeZone) === wanted) return new Date(early);
  const late = wanted - (wallMs(wanted + HALF_DAY_MS, timeZone) - (wanted + HALF_DAY_MS));
  return new Date(wallMs(late, timeZone) === wanted ? late : early);
}

/** "2026-11-20T19:30" as the clocks of a zone show an instant. */
export const localIn = (at: Date, timeZone: string) =>
  new Date(wallMs(Math.floor(at.getTime() / 1000) * 1000, timeZone)).toISOString().slice(0, 16);
