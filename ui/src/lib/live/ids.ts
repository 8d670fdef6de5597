import { blake3 } from '@noble/hashes/blake3.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Uuid } from '$lib/api/schema';

const CONTEXT = utf8ToBytes('maitred 2026 id from idempotency key');

/**
 * The ids that the hub will give to what a command makes, in the order it makes them: version 8 UUIDs of the
 * person, the command's idempotency key and a counter. A check that waits for the hub has its address already.
 */
export function idsOf(staff: Uuid, key: string, count: number): Uuid[] {
  return Array.from({ length: count }, (_, index) => {
    const message = new Uint8Array([...utf8ToBytes(`${staff}/${key}`), ...bigEndian(index)]);
    return uuid8(blake3(message, { context: CONTEXT, dkLen: 16 }));
  });
}

/** How many ids a command makes that a screen may need before the answer. */
export function makesOf(path: string, body: unknown): number {
  if (path === '/checks') return 1;
  if (!/^\/checks\/[^/]+\/lines$/.test(path)) return 0;
  return (body as { lines: unknown[] }).lines.length;
}

function bigEndian(n: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(4, n);
  return bytes;
}

function uuid8(bytes: Uint8Array): Uuid {
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
}
