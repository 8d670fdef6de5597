// The relay's API of the dashboard. `cloudGenerated.ts` is made from `cloud-openapi.json` by `npm run types`; a test of
// the relay keeps that file true.

import type { components } from './cloudGenerated';
import { freshKey } from './key';
import { Problem, problemOf, Unreachable } from './problem';

type Whole<T> = T extends (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Whole<T[Key]> }
    : T;
type Schemas = { [Name in keyof components['schemas']]: Whole<components['schemas'][Name]> };

export type User = Schemas['UserView'];
export type VenueCard = Schemas['VenueCard'];
export type Hub = Schemas['HubView'];
export type VenueNow = Schemas['VenueNow'];
export type Report = Schemas['ReportView'];
export type CloudMenu = Schemas['CloudMenu'];
export type CloudItem = Schemas['CloudItem'];
export type ItemChange = components['schemas']['ItemChange'];
export type Pushed = Schemas['Pushed'];
export type Arrival = Schemas['Arrival'];
export type FieldSet = Schemas['FieldSet'];
export type AuditPage = Schemas['AuditPageView'];
export type AuditEntry = Schemas['AuditEntry'];
export type CheckView = Schemas['CheckView'];
export type Person = Schemas['PersonView'];
export type Enrol = Schemas['EnrolView'];

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const ROOT = '/cloud/api/v1';

async function send<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['idempotency-key'] = freshKey();
  }
  let response: Response;
  try {
    response = await fetch(ROOT + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (cause) {
    throw new Unreachable(cause);
  }
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

const query = (params: Record<string, string | undefined>) => {
  const set = Object.entries(params).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return set.length > 0 ? `?${new URLSearchParams(set)}` : '';
};

export const isNobody = (error: unknown) => error instanceof Problem && error.status === 401;

export const who = () => send<User>('GET', '/session');
export const signIn = (email: string, password: string) =>
  send<{ user: User }>('POST', '/session', { email, password });
export const signOut = () => send<void>('DELETE', '/session');
export const changePassword = (old: string, password: string) =>
  send<{ user: User }>('PUT', '/session/password', { old, new: password });

export const venues = () => send<VenueCard[]>('GET', '/venues');
export const enrol = (venue: string) => send<Enrol>('POST', '/venues', { venue });
export const venue = (id: string) => send<VenueNow>('GET', `/venues/${id}`);
export const report = (id: string, from?: string, to?: string) =>
  send<Report>('GET', `/venues/${id}/report${query({ from, to })}`);
export const check = (id: string, check: string) =>
  send<CheckView>('GET', `/venues/${id}/checks/${check}`);
export const checkHistory = (id: string, check: string) =>
  send<AuditEntry[]>('GET', `/venues/${id}/checks/${check}/history`);
export const menu = (id: string) => send<CloudMenu>('GET', `/venues/${id}/menu`);
export const itemHistory = (id: string, item: string) =>
  send<FieldSet[]>('GET', `/venues/${id}/menu/items/${item}/history`);
export const push = (id: string, item: string, change: ItemChange, venues: string[]) =>
  send<Pushed[]>('POST', '/menu/changes', {
    venue_id: id,
    item_id: item,
    change,
    venue_ids: venues,
  });
export const people = (id: string) => send<Person[]>('GET', `/venues/${id}/people`);
export const audit = (
  id: string,
  filter: { staff_id?: string; check_id?: string; from?: string; to?: string; cursor?: string },
) => send<AuditPage>('GET', `/venues/${id}/audit${query(filter)}`);

export const eventsUrl = (id: string) => `${ROOT}/venues/${id}/events`;
