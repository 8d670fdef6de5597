import type { ChangeEvent, CheckView } from '$lib/api/schema';
import type { Part } from './keeper';

/** The whole checks in the hub's answer to a command. */
export function checksIn(answer: unknown): CheckView[] {
  const { check, from, to, checks = [] } = (answer ?? {}) as Record<string, unknown>;
  const candidates = [answer, check, from, to, ...(checks as unknown[])] as (
    CheckView | undefined
  )[];
  return candidates.filter((one): one is CheckView => Boolean(one?.lines && one.tenders));
}

const PART_OF = {
  tables: ['tables'],
  checks: ['checks'],
  tickets: ['tickets', 'onPass'],
  items: ['items'],
  print_jobs: ['jobs'],
  printers: ['printers'],
} as const satisfies Record<string, Part[]>;

/** The parts of the picture that a change is about. */
export const partsOf = (changed: Partial<ChangeEvent['changed']>): Part[] =>
  (Object.keys(PART_OF) as (keyof typeof PART_OF)[]).flatMap((name) =>
    changed[name]?.length ? PART_OF[name] : [],
  );
