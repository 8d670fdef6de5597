import { Hedge } from './hedge';
import { HERE, hubs } from './hubs.svelte';
import { problemOf, Unreachable } from './problem';
import { terminal } from './terminal.svelte';

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: unknown;
  key?: string;
  /** Of a body that is not JSON: a text or a picture. */
  type?: 'text/csv' | 'image/png' | 'image/jpeg';
  /** Whose request it is, where that is not who is signed in now. */
  token?: string;
}

export const ANSWER_MS_MAX = 10_000;

const hedge = new Hedge();
let accessToken: string | null = null;
let refused: () => void = () => {};

/** Sets the token sent with every request, and what to do when the hub no longer takes it. */
export function authorize(token: string | null, onRefused: () => void = () => {}): void {
  accessToken = token;
  refused = onRefused;
}

/** A hub that has not proved yet that it is the venue's is told nothing: it refuses, and is asked again. */
export function eventsUrl(): string {
  const address = `${hubs.current}/api/v1/events`;
  if (!terminal.trusts(hubs.current)) return address;
  const token = accessToken ?? '';
  return `${address}?access_token=${encodeURIComponent(token)}${terminal.proofOf(token)}`;
}

/**
 * Sends one request once.
 *
 * Throws `Problem` when the hub answered no, `Unreachable` when nothing, or nothing of the hub's, answered.
 */
export async function send<T>(request: Request): Promise<T> {
  const response = await answerTo(request);
  if (response.ok) return (response.status === 204 ? undefined : await bodyOf(response)) as T;
  if (response.status >= 502 && !isProblem(response)) throw new Unreachable(response.status);
  const problem = await problemOf(response);
  const isOurs = (request.token ?? accessToken) === accessToken;
  // The hub leads a page over to TLS when it is loaded anew.
  if (problem.code === 'not-encrypted' && hubs.current === HERE) location.reload();
  if (problem.status === 401 && isOurs && problem.code !== 'wrong-pin') refused();
  throw problem;
}

async function answerTo({ method, path, body, key, type, token }: Request): Promise<Response> {
  const base = hubs.current;
  if (!terminal.trusts(base)) await terminal.meet(base);
  const headers: Record<string, string> = { accept: 'application/json', ...terminal.headers };
  const bearer = token ?? accessToken;
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  if (key) headers['idempotency-key'] = key;
  if (body !== undefined) headers['content-type'] = type ?? 'application/json';
  const request = {
    method,
    headers,
    body: type ? (body as BodyInit) : body === undefined ? undefined : JSON.stringify(body),
    signal: patience(ANSWER_MS_MAX, hubs.leaving),
  };
  const ask = () => fetch(`${base}/api/v1${path}`, request);
  try {
    // The hub does once what comes twice under one key.
    return await (key ? hedge.first(ask) : ask());
  } catch (cause) {
    terminal.doubt(base);
    throw new Unreachable(cause);
  }
}

/** Aborts after this time, or with `other`. (`AbortSignal.any` is not on every tablet.) */
function patience(ms: number, other: AbortSignal): AbortSignal {
  const ends = new AbortController();
  const end = () => ends.abort();
  other.addEventListener('abort', end);
  setTimeout(() => {
    other.removeEventListener('abort', end);
    end();
  }, ms);
  return ends.signal;
}

/** What one address says to this person's question, wherever requests go now; null when that is no answer. */
export async function askAt<T>(base: string, path: string, answerMsMax: number): Promise<T | null> {
  const authorization = `Bearer ${accessToken ?? ''}`;
  const headers = { accept: 'application/json', authorization, ...terminal.headers };
  const signal = AbortSignal.timeout(answerMsMax);
  try {
    await terminal.meet(base);
    const response = await fetch(`${base}/api/v1${path}`, { headers, signal });
    return response.ok ? ((await response.json()) as T) : null;
  } catch {
    terminal.doubt(base);
    return null;
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text().catch((cause) => {
    throw new Unreachable(cause);
  });
  return text === '' ? undefined : JSON.parse(text);
}

const isProblem = (response: Response) =>
  (response.headers.get('content-type') ?? '').includes('problem+json');

export const get = <T>(path: string) => send<T>({ method: 'GET', path });

/** A file of the hub's, as it is. */
export async function download(path: string): Promise<Blob> {
  const response = await answerTo({ method: 'GET', path });
  if (!response.ok) throw await problemOf(response);
  return response.blob();
}
