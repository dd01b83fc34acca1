/**
 * What the table of blobs costs: made with generated ids, filled as index files fill it, then asked. Prints one line;
 * `npm run bench:index -- <blobs>`, ten million by default.
 */
import { randomFillSync } from 'node:crypto';
import { BlobIndex } from '../../electron/engine/repository/blob-index.ts';

const blobs = Number(process.argv[2] ?? 10_000_000);
const perPack = 16;
const megabyte = 1_000_000;

const before = process.memoryUsage.rss();
const index = BlobIndex.create(blobs);
const ids = Buffer.alloc(perPack * 32);
const entries = Array.from({ length: perPack }, (_, at) => ({
  type: 'data' as const,
  offset: at * 1_000_000,
  length: 900_000,
  uncompressedLength: 1_000_000,
}));
const known: Buffer[] = [];
const startedAt = performance.now();
for (let added = 0; added < blobs; added += perPack) {
  randomFillSync(ids);
  const pack = index.addPack(ids.subarray(0, 32));
  index.addBlobs(pack, entries, ids);
  if (added % 100_000 === 0) known.push(Buffer.from(ids.subarray(32, 64)));
}
const filledAfterMs = performance.now() - startedAt;
const memory = process.memoryUsage.rss() - before;

const rounds = 1_000_000;
const askedAt = performance.now();
let found = 0;
for (let round = 0; round < rounds; round++) {
  if (index.find('data', known[round % known.length] as Buffer) >= 0) found += 1;
}
const lookupNs = ((performance.now() - askedAt) * 1e6) / rounds;
if (found !== rounds || index.blobCount !== blobs) throw new Error('the table lost blobs');

process.stdout.write(
  `${blobs.toLocaleString('en')} blobs: ${(memory / megabyte).toFixed(0)} MB, ` +
    `filled in ${(filledAfterMs / 1000).toFixed(1)} s, a lookup takes ${lookupNs.toFixed(0)} ns\n`,
);
