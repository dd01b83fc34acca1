/** Makes what is measured, in a process of its own: `generate.ts <folder> <scale>`. */
import { randomFillSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeLargeRepository } from '../../support/large-repository.ts';
import { createRepository, type ResticRepository } from '../../support/restic-repository.ts';
import { makeFleet } from '../console/fleet.ts';
import { password } from '../console/sizes.ts';
import { blobsPerPack, repositories, sizesOf } from './sizes.ts';

const blobsPerIndexFile = 50_000;
const [folder = '', scale = ''] = process.argv.slice(2);
const { sources, snapshotsEach, files, blobs } = sizesOf(Number(scale));

mkdirSync(folder, { recursive: true });
await makeFleet(folder, { sources, snapshotsEach });
makeIndexOf(blobs);
makeLargeRepository(join(folder, repositories.files), { files });

/** A repository whose index names that many blobs in packs that nobody looks for, with one small snapshot. */
function makeIndexOf(count: number): void {
  const repository = createRepository(join(folder, repositories.blobs), { password });
  const tree = repository.addBlob('tree', '{"nodes":[]}\n');
  repository.writeSnapshot(tree, {
    time: new Date().toISOString(),
    tags: ['holdfast:source=vault', 'holdfast:status=complete'],
    paths: ['/srv/vault'],
    hostname: hostname(),
  });
  for (let made = 0; made < count; made += blobsPerIndexFile) {
    putIndex(repository, Math.min(blobsPerIndexFile, count - made));
  }
}

function putIndex(repository: ResticRepository, count: number): void {
  const packs: string[] = [];
  for (let made = 0; made < count; made += blobsPerPack) {
    const here = Math.min(blobsPerPack, count - made);
    const ids = randomFillSync(Buffer.alloc((here + 1) * 32)).toString('hex');
    const inPack = Array.from({ length: here }, (_, at) => {
      const id = ids.slice((at + 1) * 64, (at + 2) * 64);
      return `{"id":"${id}","type":"data","offset":${at * 1_100_000},"length":1100000,"uncompressed_length":1200000}`;
    });
    packs.push(`{"id":"${ids.slice(0, 64)}","blobs":[${inPack.join(',')}]}`);
  }
  repository.putFile('index', `{"packs":[${packs.join(',')}]}`);
}
