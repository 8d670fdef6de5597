import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { worker } from './scripts/worker.ts';

const hub = process.env.MAITRED_HUB ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte(), worker()],
  resolve: {
    alias: { $lib: fileURLToPath(new URL('./src/lib', import.meta.url)) },
    // Runes in tests need Svelte's browser build.
    ...(process.env.VITEST ? { conditions: ['browser'] } : {}),
  },
  server: { proxy: { '/api': { target: hub, changeOrigin: true } } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 1024,
    manifest: true,
    // A browser that does not know it loads the same a moment later.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'app',
              tags: ['$initial'],
              test: (id: string) => !/(main\.ts|index\.html)$/.test(id),
              priority: 2,
            },
            {
              name: 'common',
              // Not what no kitchen ever shows.
              test: (id: string) =>
                /\/src\/(lib|routes)\//.test(id) &&
                !/\/i18n\/|keypad|coverspicks|printLook|roving|serviceIcons|\/chips|\/Qr\.|\/setup\//i.test(
                  id,
                ),
              minShareCount: 3,
            },
          ],
        },
      },
    },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
