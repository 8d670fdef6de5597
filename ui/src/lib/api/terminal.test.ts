import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HERE } from './hubs.svelte';
import { Unreachable } from './problem';
import { Terminal, type KeptTerminal } from './terminal.svelte';

const KEPT: KeptTerminal = { id: 'id', token: 'secret', hub: 'aa', opens: '/host' };

function shelf() {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}

/** A hub that knows a terminal by this token. */
function hubKnows(token: string, asked: string[] = []) {
  const key = blake3(utf8ToBytes(token));
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address);
    const nonce = new URL(address, 'http://hub').searchParams.get('nonce')!;
    const proof = bytesToHex(blake3(utf8ToBytes(`${nonce}cafe`), { key }));
    return Promise.resolve(new Response(JSON.stringify({ hub: 'cafe', proof })));
  });
}

afterEach(() => vi.unstubAllGlobals());

describe('a paired screen', () => {
  test('keeps its pairing, and tells no secret before the hub has proved itself', async () => {
    const place = shelf();
    new Terminal(place).keep(KEPT);
    const terminal = new Terminal(place);
    expect(terminal.trusts(HERE)).toBe(false);
    hubKnows('secret');
    await terminal.meet(HERE);
    expect(terminal.trusts(HERE)).toBe(true);
    expect(terminal.trusts('http://other:1')).toBe(false);
    terminal.doubt(HERE);
    expect(terminal.trusts(HERE)).toBe(false);
  });

  test('refuses a hub that answers with another key, wherever it is', async () => {
    const terminal = new Terminal(shelf());
    terminal.keep(KEPT);
    hubKnows('another');
    await expect(terminal.meet(HERE)).rejects.toThrow(Unreachable);
    expect(terminal.isElsewhere).toBe(true);
    expect(terminal.trusts(HERE)).toBe(false);
    hubKnows('secret');
    await terminal.meet(HERE);
    expect(terminal.isElsewhere).toBe(false);
  });

  test('asks once, and with another question each time', async () => {
    const asked: string[] = [];
    const terminal = new Terminal(shelf());
    terminal.keep(KEPT);
    hubKnows('secret', asked);
    await terminal.meet(HERE);
    await terminal.meet(HERE);
    await terminal.meet('http://other:1');
    expect(asked).toHaveLength(2);
    expect(new Set(asked).size).toBe(2);
    expect(asked.join()).not.toContain('secret');
  });

  test('is nobody in particular when it was never paired', async () => {
    const terminal = new Terminal(shelf());
    expect(terminal.trusts(HERE)).toBe(true);
    await terminal.meet(HERE);
    expect(terminal.headers).toEqual({});
    expect(terminal.proofOf('token')).toBe('');
  });

  test('asks a hub elsewhere whether it is there before anything else, also when it was never paired', async () => {
    const asked: unknown[][] = [];
    const answer = vi.fn((...all: unknown[]) => {
      asked.push(all);
      return asked.length === 1 ? Promise.reject(new TypeError()) : Promise.resolve(new Response());
    });
    vi.stubGlobal('fetch', answer);
    const terminal = new Terminal(shelf());
    await expect(terminal.meet('https://other:1')).rejects.toThrow(Unreachable);
    await terminal.meet('https://other:1');
    await terminal.meet('https://other:1');
    expect(asked.map(([address]) => address)).toEqual(Array(2).fill('https://other:1/healthz'));
    for (const [, { headers }] of asked as [string, RequestInit][]) expect(headers).toBeUndefined();
  });
});
