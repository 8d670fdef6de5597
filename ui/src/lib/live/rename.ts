import type { Uuid } from '$lib/api/schema';
import type { Waiting } from './unsent.svelte';

/** The ids in an answer of what a command made, in order. */
export function madeBy(answer: unknown): Uuid[] {
  const { id, lines, check } = (answer ?? {}) as {
    id?: Uuid;
    check?: unknown;
    lines?: { id: Uuid }[];
  };
  return check ? (lines ?? []).map((line) => line.id) : id ? [id] : [];
}

/** What waits on something that the hub calls otherwise than was expected, with its real name. */
export function renamed(waiting: Waiting[], expected: Uuid[], made: Uuid[]): Waiting[] {
  const other = expected
    .map((id, index) => [id, made[index] ?? id] as const)
    .filter(([id, real]) => id !== real);
  return waiting.flatMap((command) => {
    const before = JSON.stringify([command.path, command.body]);
    const after = other.reduce((text, [id, real]) => text.replaceAll(id, real), before);
    if (after === before) return [];
    const [path, body] = JSON.parse(after) as [string, unknown];
    return [{ ...command, path, body }];
  });
}
