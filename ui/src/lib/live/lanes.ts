import type { Command } from './unsent.svelte';

export const SIGN_OUT = '/auth/logout';

/**
 * What a command is about: checks, a ticket, a table. Commands that share a lane go one after another, so that a fire
 * never overtakes its lines, and lines never the opening of their check.
 */
export function lanesOf({ path, body, makes }: Command): string[] {
  const parts = path.split('/');
  if (path === '/checks') return [`/checks/${makes[0]}`];
  const own = parts.slice(0, parts[1] === 'kitchen' ? 4 : 3).join('/');
  const { to, from, check_id } = (body ?? {}) as Record<string, unknown>;
  const others = [to, from, check_id].filter((id) => typeof id === 'string');
  return [own, ...others.map((id) => `/checks/${id as string}`)];
}

/** The commands that may go now, in order: each whose lanes nothing earlier holds. */
export function free(commands: Command[]): Command[] {
  const held = new Set<string>();
  return commands.filter((command) => {
    const lanes = lanesOf(command);
    // A token must live until everything done under it has arrived.
    const isFree =
      command.path === SIGN_OUT ? !held.has(command.token) : lanes.every((lane) => !held.has(lane));
    for (const lane of [...lanes, command.token]) held.add(lane);
    return isFree;
  });
}
