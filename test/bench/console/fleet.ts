/** Many sources with a history each: a repository of them, and a home whose catalog knows it already. */
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import type { FoundSnapshot } from '../../../electron/engine/catalog/snapshots.ts';
import { openFile } from '../../../electron/engine/catalog/sqlite.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { caller, filledHome, password, repositories, type Sizes } from './sizes.ts';

const hourMs = 3_600_000;
const fleetId = 'fe'.repeat(32);

/** As if taken in already: each snapshot holds the same, so that only snapshots are many. */
export async function makeFleet(
  folder: string,
  { sources, snapshotsEach }: Pick<Sizes, 'sources' | 'snapshotsEach'>,
): Promise<void> {
  const fleet = createRepository(join(folder, repositories.fleet), {
    password,
    scrypt: { N: 1024, r: 8, p: 1 },
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
