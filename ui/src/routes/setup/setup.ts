import { get, send } from '$lib/api/client';
import { askForCode } from '$lib/api/queries';
import { outbox } from '$lib/live/outbox.svelte';
import type { Schemas } from '$lib/api/schema';
import { claimTerminal } from '../sign-in/claim';
import type { Change } from './starter';

export interface FirstVenue {
  name: string;
  currency: string;
  time_zone: string;
  languages: string[];
}

export interface FirstManager {
  name: string;
  pin: string;
}

/** Whether this hub has a venue yet. A hub that cannot say has one. */
export const isSetUp = () =>
  get<{ needed: boolean }>('/setup').then(
    ({ needed }) => !needed,
    () => true,
  );

interface FirstTerminal {
  secret: string;
  name: string;
}

/** Makes the venue and its first manager: what every other call needs somebody signed in for. */
export const setUp = (
  venue: FirstVenue,
  manager: FirstManager,
  key: string,
  terminal?: FirstTerminal,
) =>
  send<Schemas['Session']>({
    method: 'POST',
    path: '/setup',
    body: { venue, manager, terminal },
    key,
  });

/** The same on a screen that nobody let in: it becomes the venue's first. */
export async function setUpUnpaired(
  venue: FirstVenue,
  manager: FirstManager,
  key: string,
  name: string,
): Promise<Schemas['Session']> {
  const { secret } = await askForCode();
  const session = await setUp(venue, manager, key, { secret, name });
  await claimTerminal(secret);
  return session;
}

export const catalogue = () => get<Schemas['CatalogueView']>('/catalogue');
export const change = (changes: Change[]) =>
  outbox.post<unknown>('/catalogue/changes', { changes });
