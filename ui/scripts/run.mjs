// Runs a TypeScript file of ours outside of a test: `node scripts/run.mjs bench/bench.ts [arguments]`.
import { runnerImport } from 'vite';

const { module } = await runnerImport(process.argv[2], { configFile: false, logLevel: 'warn' });
await module.main(process.argv.slice(3));
