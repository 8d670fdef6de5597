// A pouchdb-server with every change as a document of its own, and an empty PouchDB that replicates it over HTTP on
// loopback. Both keep their data in LevelDB.
//
// node pouchdb.mjs ORDERS FOLDER: one JSON line with what was copied and how long it took, in seconds.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import PouchDB from 'pouchdb';

const [orders, folder] = process.argv.slice(2);
const changes = readFileSync(orders, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const data = join(folder, 'full');
mkdirSync(data, { recursive: true });

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
const program = createRequire(import.meta.url).resolve('pouchdb-server/bin/pouchdb-server');
const server = spawn(process.execPath, [program, '--port', String(port), '--host', '127.0.0.1', '--dir', data], {
  cwd: data,
  stdio: 'ignore',
});
process.on('exit', () => server.kill());
const url = `http://127.0.0.1:${port}`;
const deadline = Date.now() + 60_000;
while (!(await fetch(url).then((answer) => answer.ok, () => false))) {
  if (Date.now() > deadline) throw new Error('pouchdb-server does not answer');
  await new Promise((resolve) => setTimeout(resolve, 100));
}

const full = new PouchDB(`${url}/orders`);
for (let at = 0; at < changes.length; at += 1000) {
  await full.bulkDocs(changes.slice(at, at + 1000).map((change, n) => ({ _id: String(at + n).padStart(8, '0'), ...change })));
}
const started = performance.now();
const empty = new PouchDB(join(folder, 'empty'));
const result = await empty.replicate.from(full, { batch_size: 1000, batches_limit: 10 });
const seconds = (performance.now() - started) / 1000;
if (result.docs_written !== changes.length) throw new Error(`${result.docs_written} of ${changes.length} were written`);
console.log(JSON.stringify({ changes: changes.length, documents: changes.length, seconds }));
process.exit(0);
