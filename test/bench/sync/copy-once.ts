/** Copies all snapshots of one repository to another: what is measured, in a process of its own. */
import { writeFileSync } from 'node:fs';
import { openBackend } from '../../../electron/engine/repository/backend/open-backend.ts';
import { copySnapshots } from '../../../electron/engine/repository/copy/copy-snapshots.ts';
import { openRepository } from '../../../electron/engine/repository/repository.ts';

const [from = '', to = '', memory = '', durationFile = ''] = process.argv.slice(2);
const password = process.env['RESTIC_PASSWORD'] ?? '';
const [source, target] = await Promise.all(
  [from, to].map(async (location) => openRepository(await openBackend(location), password)),
);
if (source === undefined || target === undefined) throw new Error('two repositories are needed');
const { outcomes, figures } = await copySnapshots({
  from: source,
  to: target,
  snapshots: (await source.backend.list('snapshots')).map(({ name }) => name),
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onSnapshot: () => undefined,
  onNotice: (text) => console.error(text),
  memory,
});
const failed = outcomes.filter(({ state }) => state === 'failed');
if (failed.length > 0) throw new Error(JSON.stringify(failed[0]));
writeFileSync(durationFile, String(figures.durationMs));
