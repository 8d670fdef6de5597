import { get, send } from '$lib/api/client';
import { freshKey } from '$lib/api/key';
import { outbox } from '$lib/live/outbox.svelte';
import type { Schemas } from '$lib/api/schema';
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

/** Makes the venue and its first manager: what every other call needs somebody signed in for. */
export const setUp = (venue: FirstVenue, manager: FirstManager) =>
  send<Schemas['Session']>({
    method: 'POST',
    path: '/setup',
    body: { venue, manager },
    key: freshKey(),
  });

export const catalogue = () => get<Schemas['CatalogueView']>('/catalogue');
export const change = (changes: Change[]) =>
  outbox.post<unknown>('/catalogue/changes', { changes });
