import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const relay = process.env.MAITRED_RELAY ?? 'http://127.0.0.1:8090';

// The dashboard of the cloud: a bundle of its own, which the relay serves.
export default defineConfig({
  plugins: [svelte()],
  base: '/cloud/',
  publicDir: false,
  resolve: { alias: { $lib: fileURLToPath(new URL('./src/lib', import.meta.url)) } },
  server: { proxy: { '/cloud/api': { target: relay, changeOrigin: true } } },
  build: {
    target: 'es2022',
    outDir: 'dist-cloud',
    assetsInlineLimit: 1024,
    rolldownOptions: { input: 'cloud.html' },
  },
});
