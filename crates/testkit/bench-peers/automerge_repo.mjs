// One automerge-repo with every document on disk, and an empty one that fetches them all over WebSocket on loopback.
//
// node automerge_repo.mjs ORDERS FOLDER: one JSON line with what was copied and how long it took, in seconds, until
// the empty one had every change and had written it to its disk.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Repo } from '@automerge/automerge-repo';
import { WebSocketClientAdapter, WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket';
import { NodeFSStorageAdapter } from '@automerge/automerge-repo-storage-nodefs';
import { WebSocketServer } from 'ws';

const [orders, folder] = process.argv.slice(2);
const changes = readFileSync(orders, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));

const socket = new WebSocketServer({ port: 0, host: '127.0.0.1' });
const full = new Repo({
  network: [new WebSocketServerAdapter(socket)],
  storage: new NodeFSStorageAdapter(join(folder, 'full')),
  sharePolicy: async () => false,
});
const handles = new Map();
for (const { doc, facts } of changes) {
  if (!handles.has(doc)) handles.set(doc, full.create({}));
  const handle = handles.get(doc);
  handle.change((content) => facts.forEach((fact, at) => (content[`${Object.keys(content).length}-${at}`] = fact)));
}
await full.flush();

const wanted = [...handles.values()].map((handle) => ({ url: handle.url, heads: handle.heads().join() }));
const started = performance.now();
const empty = new Repo({
  network: [new WebSocketClientAdapter(`ws://127.0.0.1:${socket.address().port}`)],
  storage: new NodeFSStorageAdapter(join(folder, 'empty')),
});
await Promise.all(
  wanted.map(async ({ url, heads }) => {
    const handle = await empty.find(url);
    while (handle.heads().join() !== heads) {
      await new Promise((resolve) => handle.once('change', resolve));
    }
  }),
);
await empty.flush();
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ changes: changes.length, documents: wanted.length, seconds }));
process.exit(0);
