import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
}

/** What a device loads to show a page, by the page's source file. */
export class Sizes {
  #manifest = JSON.parse(readFileSync(`${DIST}.vite/manifest.json`, 'utf8')) as Record<
    string,
    Chunk
  >;

  /** Bytes of scripts and styles, compressed, of the entry and this page; fonts are apart, kept by the browser. */
  gzipOf(page: string): number {
    const files = new Set([...this.#filesOf('index.html'), ...this.#filesOf(`src/routes/${page}`)]);
    return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(DIST + file)).length, 0);
  }

  #filesOf(name: string, seen = new Set<string>()): string[] {
    const chunk = this.#manifest[name];
    if (!chunk) throw new Error(`no ${name} in the build`);
    if (seen.has(name)) return [];
    seen.add(name);
    const imported = (chunk.imports ?? []).flatMap((one) => this.#filesOf(one, seen));
    return [chunk.file, ...(chunk.css ?? []), ...imported];
  }
}

const KB = 1024;

/** The most that a page may weigh, compressed: what a cheap tablet loads on a busy Wi-Fi before it shows anything. */
export const BUDGETS: Record<string, number> = {
  'kitchen/Kitchen.svelte': 80 * KB,
  'expo/Expo.svelte': 80 * KB,
  'host/Host.svelte': 100 * KB,
  'order/CheckPage.svelte': 120 * KB,
  'pay/Pay.svelte': 120 * KB,
};
