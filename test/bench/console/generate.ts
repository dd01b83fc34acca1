/** Makes what the console is measured on, in a process of its own: `generate.ts <folder> <scale>`. */
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import type { FoundSnapshot } from '../../../electron/engine/catalog/snapshots.ts';
import { openFile } from '../../../electron/engine/catalog/sqlite.ts';
import { makeLargeRepository } from '../../support/large-repository.ts';
import { folderNode, type Fields } from '../../support/restic-nodes.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { addWideFolder } from '../../support/wide-folder.ts';
import { caller, filledHome, password, repositories, sizesOf } from './sizes.ts';

const [folder = '', scale = ''] = process.argv.slice(2);
const { sources, snapshotsEach, wideFolders, entriesEach, paths } = sizesOf(Number(scale));
const options = { password, scrypt: { N: 1024, r: 8, p: 1 } };
const hourMs = 3_600_000;
const fleetId = 'fe'.repeat(32);

await makeFleet();
makeWideFolders();
makeLargeRepository(join(folder, repositories.million), { files: paths });

/**
 * Many sources with a history each, in a repository and as if taken in already: each snapshot holds the same, so that only
 * snapshots are many.
 */
async function makeFleet(): Promise<void> {
  const fleet = createRepository(join(folder, repositories.fleet), {
    ...options,
    config: { version: 2, id: fleetId, chunker_polynomial: '25b468838dcb75' },
  });
  const tree = fleet.addBlob('tree', '{"nodes":[]}\n');
  const home = join(folder, filledHome);
  mkdirSync(home, { mode: 0o700 });
  const catalog = new Catalog({ home });
  await catalog.write('repositories.see', caller, { repository: fleetId, location: fleet.location });
  const now = Date.now();
  for (let at = 0; at < sources; at++) {
    const source = `source-${String(at).padStart(4, '0')}`;
    const found = Array.from({ length: snapshotsEach }, (_, back): FoundSnapshot => {
      const takenAtMs = now - back * 23 * hourMs - at * 1000;
      const status = (at * 31 + back) % 17 === 0 ? 'partial' : 'complete';
      const snapshot = fleet.writeSnapshot(tree, {
        time: new Date(takenAtMs).toISOString(),
        tags: [`holdfast:source=${source}`, `holdfast:status=${status}`],
        paths: [`/srv/${source}`],
        hostname: hostname(),
      });
      const known = {
        hostname: hostname(),
        tree,
        status,
        actor: caller.actor,
        files: 1000 + at,
        bytes: 1_000_000,
        suspicion: null,
        consistency: null,
        consistencyProblem: null,
        labels: null,
      };
      return { snapshot, source, takenAtMs, ...known };
    });
    await catalog.write('snapshots.add', caller, { repository: fleetId, found, others: [] });
  }
  await catalog.close();
  const db = openFile(join(home, 'catalog.db'), { readonly: false });
  db.exec("UPDATE snapshots SET state = 'indexed'");
  db.close();
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
