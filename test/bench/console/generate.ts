/** Makes what the console is measured on, in a process of its own: `generate.ts <folder> <scale>`. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeLargeRepository } from '../../support/large-repository.ts';
import { folderNode, type Fields } from '../../support/restic-nodes.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { addWideFolder } from '../../support/wide-folder.ts';
import { password, repositories, sizesOf } from './sizes.ts';

const [folder = '', scale = ''] = process.argv.slice(2);
const { sources, snapshotsEach, wideFolders, entriesEach, paths } = sizesOf(Number(scale));
const options = { password, scrypt: { N: 1024, r: 8, p: 1 } };
const hourMs = 3_600_000;

makeFleet();
makeWideFolders();
makeLargeRepository(join(folder, repositories.million), { files: paths });

/** Many sources with a history each. What they hold stays the same, so that only snapshots are many. */
function makeFleet(): void {
  const fleet = createRepository(join(folder, repositories.fleet), options);
  const tree = fleet.addBlob('tree', '{"nodes":[]}\n');
  const now = Date.now();
  for (let source = 0; source < sources; source++) {
    for (let at = 0; at < snapshotsEach; at++) {
      const status = (source * 31 + at) % 17 === 0 ? 'partial' : 'complete';
      fleet.writeSnapshot(tree, {
        time: new Date(now - at * 23 * hourMs - source * 1000).toISOString(),
        tags: [`holdfast:source=source-${String(source).padStart(4, '0')}`, `holdfast:status=${status}`],
        paths: [`/srv/source-${source}`],
        hostname: hostname(),
        summary: { total_files_processed: 1000 + source, total_bytes_processed: 1_000_000 * (source + 1) },
      });
    }
  }
}

function makeWideFolders(): void {
  const wide = createRepository(join(folder, repositories.wide), options);
  const nodes = Array.from({ length: wideFolders }, (_, at): Fields => {
    const name = `wide-${at}`;
    const tree = addWideFolder(wide, { entries: entriesEach, name });
    // A writer saves a pack as soon as it is full.
    wide.flush();
    return folderNode(name, tree);
  });
  const root = wide.addBlob('tree', `${JSON.stringify({ nodes })}\n`);
  wide.writeSnapshot(root, {
    time: new Date().toISOString(),
    tags: ['holdfast:source=wide', 'holdfast:status=complete'],
    paths: nodes.map((node) => `/${String(node['name'])}`),
    hostname: hostname(),
  });
}
