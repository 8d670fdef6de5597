import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const ENTRY = fileURLToPath(new URL('../src/worker/sw.ts', import.meta.url));
const PUBLIC = fileURLToPath(new URL('../public', import.meta.url));

/** Builds the service worker beside the page, with the list of everything that the page is made of. */
export function worker(): Plugin {
  return {
    name: 'maitred-worker',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const built = Object.keys(bundle).filter((name) => !/\.(html|map|json)$/.test(name));
      const assets = [...built, ...readdirSync(PUBLIC)].map((name) => `/${name}`).sort();
      const page = bundle['index.html'];
      const build_id = createHash('sha256')
        .update(JSON.stringify(assets))
        .update(page?.type === 'asset' ? page.source : '')
        .digest('hex')
        .slice(0, 12);
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: { ASSETS: JSON.stringify(assets), BUILD: JSON.stringify(build_id) },
        build: {
          outDir: dir,
          emptyOutDir: false,
          target: 'es2022',
          lib: { entry: ENTRY, formats: ['es'], fileName: () => 'sw.js' },
        },
      });
    },
  };
}
