/**
 * What a run pays before it stores anything: the index of a repository, loaded as the writer does. Prints a line for each
 * time; `npm run bench:index-loading -- <repository> <scratch folder> <times>`, with HOLDFAST_PASSWORD. What is kept for the
 * next time lies in the folder too.
 */
import { join } from 'node:path';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { setIndexRoom } from '../../electron/engine/repository/index-files.ts';
import { openRepository } from '../../electron/engine/repository/repository.ts';
import { StoreThreads } from '../../electron/engine/repository/store-threads.ts';
import { RepositoryWriter } from '../../electron/engine/repository/writer.ts';

const [location = '', folder = '', times = '2'] = process.argv.slice(2);
setIndexRoom({ folder: join(folder, 'scratch'), keptFolder: join(folder, 'kept') });
const repository = await openRepository(new LocalBackend(location), process.env['HOLDFAST_PASSWORD'] ?? '');
for (let time = 1; time <= Number(times); time++) {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const writer = await RepositoryWriter.open(repository, {
    ready: Promise.resolve(),
    threads: new StoreThreads().startAll(),
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const { blobCount, spilledCount } = writer.index;
  // As after a run: what was loaded is kept.
  await writer.finish([]);
  await writer.close();
  const { user, system } = process.cpuUsage(before);
  const all = (performance.now() - startedAt) / 1000;
  process.stdout.write(
    `${blobCount.toLocaleString('en')} blobs, ${spilledCount.toLocaleString('en')} of them in files: loaded after ${seconds.toFixed(1)} s, ` +
      `closed after ${all.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU, ` +
      `at most ${(process.resourceUsage().maxRSS / 1000).toFixed(0)} MB so far\n`,
  );
}
