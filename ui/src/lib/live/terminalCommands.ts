import { freshKey } from '$lib/api/key';
import { send } from '$lib/api/client';
import type { Role, Screen, TerminalView, Uuid } from '$lib/api/schema';

interface Fields {
  name: string;
  screen: Screen;
  station: Uuid | null;
  role: Role | null;
}

/** Lets the screen in that shows the code. Not a thing to be done later: the code is good for minutes. */
export const acceptPairing = (body: Fields & { code: string }) =>
  send<TerminalView>({ method: 'POST', path: '/pairings/accept', body, key: freshKey() });

export const changeTerminal = (id: Uuid, body: Fields) =>
  send<TerminalView>({ method: 'POST', path: `/terminals/${id}`, body, key: freshKey() });

/** Whoever is signed in there is signed out at once. */
export const revokeTerminal = (id: Uuid) =>
  send<undefined>({ method: 'DELETE', path: `/terminals/${id}`, key: freshKey() });
