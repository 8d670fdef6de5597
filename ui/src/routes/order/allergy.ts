const MARK = 'ALLERGY ';

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
