import { defineConfig } from 'vitest/config';

// A restaurant out of its packages, in roots and networks of its own; `scripts/box` says where they are.
export default defineConfig({
  test: {
    include: ['e2e/box/*.box.ts'],
    environment: 'node',
    testTimeout: 600_000,
    hookTimeout: 180_000,
    bail: 1,
    // What it has come to is seen as it comes.
    disableConsoleIntercept: true,
  },
});
