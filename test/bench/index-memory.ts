/**
 * What the table of blobs costs: made with generated ids, filled as index files fill it, then asked for ids that are there
 * and for others. Prints one line; `npm run bench:index -- <blobs> <folder>`, ten million by default. More than that lie
 * in files, in the folder.
 */
import { randomFillSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { BlobIndex } from '../../electron/engine/repository/blob-index.ts';
import { openIndexFiles, setIndexRoom } from '../../electron/engine/repository/index-files.ts';

const blobs = Number(process.argv[2] ?? 10_000_000);
setIndexRoom({ folder: process.argv[3] ?? tmpdir() });
const perPack = 16;
const megabyte = 1_000_000;

const before = process.memoryUsage.rss();
const index = BlobIndex.create(blobs, openIndexFiles(blobs, blobs));
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
  if (added % 8_000 === 0) known.push(Buffer.from(ids.subarray(32, 64)));
}
const filledAfterMs = performance.now() - startedAt;
const memory = process.memoryUsage.rss() - before;

const rounds = 1_000_000;
const others = Array.from({ length: known.length }, () => randomFillSync(Buffer.alloc(32)));
const there = ask(known);
const notThere = ask(others);
if (there.found !== rounds || notThere.found !== 0 || index.blobCount !== blobs)
  throw new Error('the table lost blobs');

const where = index.spilledCount === 0 ? '' : `, ${index.spilledCount.toLocaleString('en')} of them in files`;
const peak = process.resourceUsage().maxRSS * 1024 - before;
process.stdout.write(
  `${blobs.toLocaleString('en')} blobs${where}: ${(memory / megabyte).toFixed(0)} MB (at most ${(peak / megabyte).toFixed(0)} while it was filled), ` +
    `filled in ${(filledAfterMs / 1000).toFixed(1)} s, a lookup takes ${there.ns.toFixed(0)} ns, ` +
    `one in vain ${notThere.ns.toFixed(0)} ns\n`,
);
index.close();

function ask(asked: readonly Buffer[]): { readonly found: number; readonly ns: number } {
  const askedAt = performance.now();
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    if (index.find('data', asked[round % asked.length] as Buffer) >= 0) found += 1;
  }
  return { found, ns: ((performance.now() - askedAt) * 1e6) / rounds };
}
