import type { AuditEntry } from '$lib/api/schema';
import { factWords } from './factWords';

/** What one person did at one instant: one command may be several facts. */
export interface Step {
  at: string;
  who: string;
  entries: AuditEntry[];
  words: string[];
}

/** The past of a check, oldest first. */
export function stepsOf(entries: AuditEntry[]): Step[] {
  const steps: Step[] = [];
  for (const entry of entries.toSorted((a, b) => a.at.localeCompare(b.at) || a.seq - b.seq)) {
    const last = steps.at(-1);
    if (last && last.at === entry.at && last.who === entry.staff) last.entries.push(entry);
    else steps.push({ at: entry.at, who: entry.staff, entries: [entry], words: [] });
  }
  return steps.map((step) => ({ ...step, words: step.entries.map(factWords) }));
}
