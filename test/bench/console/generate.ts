/** Makes what the console is measured on, in a process of its own: `generate.ts <folder> <scale>`. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeLargeRepository } from '../../support/large-repository.ts';
import { folderNode, type Fields } from '../../support/restic-nodes.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { addWideFolder } from '../../support/wide-folder.ts';
import { makeFleet } from './fleet.ts';
import { password, repositories, sizesOf } from './sizes.ts';

const [folder = '', scale = ''] = process.argv.slice(2);
const { sources, snapshotsEach, wideFolders, entriesEach, paths } = sizesOf(Number(scale));
const options = { password, scrypt: { N: 1024, r: 8, p: 1 } };

await makeFleet(folder, { sources, snapshotsEach });
makeWideFolders();
makeLargeRepository(join(folder, repositories.million), { files: paths });

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
