import { claimPairing } from '$lib/api/queries';
import { terminal } from '$lib/api/terminal.svelte';
import { opensAt } from './opensAt';

/** How the pairing stands of the screen with that secret, which is this one; it keeps what it is once it is let in. */
export async function claimTerminal(secret: string): Promise<'waiting' | 'paired' | 'gone'> {
  const { state, token, terminal: made, hub } = await claimPairing(secret);
  if (state === 'paired' && token && made)
    terminal.keep({ id: made.id, token, hub, opens: opensAt(made) });
  return state;
}
