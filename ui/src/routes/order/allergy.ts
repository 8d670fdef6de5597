import type { LineView } from '$lib/api/schema';
import { isAlive } from './courses';

const MARK = 'ALLERGY ';

/** The seat of a line; null is everyone's. */
export type Seat = number | null;

/**
 * An allergy travels in the note, first and in capitals, because that is what every kitchen screen and every
 * kitchen printer shows: `ALLERGY nuts, milk; no ice`.
 */
export function splitNote(note: string): { allergies: string[]; text: string } {
  if (!note.startsWith(MARK)) return { allergies: [], text: note };
  const [names = '', ...rest] = note.slice(MARK.length).split(';');
  const allergies = names.split(',').map((name) => name.trim());
  return { allergies: allergies.filter(Boolean), text: rest.join(';').trim() };
}

export function noteWithAllergies(allergies: string[], text: string): string {
  if (allergies.length === 0) return text;
  return MARK + allergies.join(', ') + (text ? `; ${text}` : '');
}

/** However a waiter wrote it: a note that speaks of an allergy must never look like any other note. */
const SPOKEN = /\ballerg|\bco?eliac|intoll?eran|حساسي/i;

export const isAllergy = (note: string) => SPOKEN.test(note);

/** What the lines of a seat say that it cannot eat: so every waiter's pad knows it, not only the one that was told. */
export function allergiesTold(lines: LineView[], seat: Seat): string[] {
  const told = lines
    .filter((line) => isAlive(line) && line.seat === seat)
    .flatMap((line) => splitNote(line.note).allergies);
  return [...new Set(told)];
}

/** Of what is told, what the food contains. */
export const clashes = (told: string[], contains: string[]) =>
  told.filter((name) => contains.includes(name));
