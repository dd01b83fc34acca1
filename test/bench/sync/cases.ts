/** Repositories to be copied, made by restic, so that neither tool finds its own work. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDataSet } from '../data/data-sets.ts';
import { folderBytes } from '../measure/folder-bytes.ts';
import { mustRunChild } from '../measure/child.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { addTree, fileNode } from '../../support/restic-nodes.ts';
import type { DataSetName } from '../results.ts';
import { password, restic } from './tools.ts';

export type SyncCase = {
  readonly name: string;
  readonly what: string;
  /** Whether all is at the target already when the time begins. */
  readonly isAgain: boolean;
  /** Makes the repository `from` in the folder. */
  readonly prepare: (folder: string, scale: number, signal: AbortSignal) => Promise<void>;
};

const unchangedSnapshots = 1000;

function initial(name: DataSetName, what: string): SyncCase {
  return { name, what, isAgain: false, prepare: (folder, scale, signal) => backUp(name, folder, scale, signal) };
}

export const syncCases: readonly SyncCase[] = [
  initial('random', 'one large file cannot be compressed'),
  initial('disk image', 'one large file is as the disk of a machine in use, and compresses well'),
  initial('small files', 'there are many small files'),
  {
    name: 'again',
    what: `nothing has changed since ${unchangedSnapshots} snapshots were copied`,
    isAgain: true,
    prepare: async (folder) => {
      const repository = createRepository(join(folder, 'from'), { password, scrypt: { N: 2 ** 15, r: 8, p: 1 } });
      const tree = addTree(repository, [fileNode(repository, 'file', 'content')]);
      for (let at = 0; at < unchangedSnapshots; at++)
        repository.writeSnapshot(tree, { time: new Date(Date.UTC(2025, 0, 1, at)).toISOString() });
    },
  },
];

async function backUp(name: DataSetName, folder: string, scale: number, signal: AbortSignal): Promise<void> {
  const data = join(folder, 'data');
  await mkdir(data);
  await using set = await makeDataSet(name, data, { seed: `sync ${name}`, scale }, signal);
  await mustRunChild(restic(folder, 'from', 'init'), signal);
  await mustRunChild(restic(folder, 'from', 'backup', set.folder), signal);
}

export async function sizeOf(folder: string): Promise<number> {
  return folderBytes(join(folder, 'from'));
}
