import { defineConfig } from 'vitest/config';

// Whole journeys in a real browser against a real hub: one after the other, with time to be real.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 60_000,
    bail: 1,
  },
});
