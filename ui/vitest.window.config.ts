import { defineConfig } from 'vitest/config';

// The host-stand app in a real window, under an X server without a screen; the app must have been built.
export default defineConfig({
  test: {
    include: ['e2e/window/*.window.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    bail: 1,
  },
});
