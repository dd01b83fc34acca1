/** Repositories of 100,000 blobs from which something is to go. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { writeSmallFiles } from '../data/small-files.ts';
import { mustRunChild } from '../measure/child.ts';
import { folderBytes } from '../measure/folder-bytes.ts';
import { holdfast } from './tools.ts';

export type PruneCase = {
  readonly name: string;
  readonly what: string;
  /** Whether a file is gone in the snapshot that stays. */
  readonly isGone: (folder: number, file: number) => boolean;
};

export const pruneCases: readonly PruneCase[] = [
  {
    name: 'scattered',
    what: 'every third file is gone, so that each pack holds needed and unneeded blobs: all packs are copied',
    isGone: (_, file) => file % 3 === 0,
  },
  {
    name: 'whole packs',
    what: 'the files of the last four folders in ten are gone: most of what goes lies in packs of its own',
    isGone: (folder) => folder % 10 >= 6,
  },
];

export type RepositoryFacts = { readonly blobs: number; readonly bytes: number };

const filesPerFolder = 100;

/** Two snapshots, the first of all files, the second of those that are left; the first is forgotten. */
export async function prepareRepository(
  folder: string,
  { name, isGone }: PruneCase,
  folders: number,
  signal: AbortSignal,
): Promise<RepositoryFacts> {
  const data = join(folder, 'data');
  await mkdir(data);
  await writeSmallFiles(data, { folders, filesPerFolder, seed: name, signal });
  await mustRunChild(holdfast(folder, 'init'), signal);
  // In tenths, so that what is stored together is also gone together.
  const names = (await readdir(data)).toSorted();
  if (name === 'whole packs') {
    for (let tenth = 0; tenth < 10; tenth++) {
      const part = names.filter((_, at) => at % 10 === tenth).map((entry) => join(data, entry));
      await mustRunChild(holdfast(folder, 'protect', '--source', `part ${tenth}`, ...part), signal);
    }
  } else await mustRunChild(holdfast(folder, 'protect', '--source', 'all', data), signal);
  const bytes = await folderBytes(join(folder, 'repository'));
  for (const [at, entry] of names.entries()) {
    for (const file of await readdir(join(data, entry))) {
      if (isGone(at, Number(file.slice(5, 9)))) await rm(join(data, entry, file));
    }
  }
  await mustRunChild(holdfast(folder, 'protect', '--source', 'left', data), signal);
  const sources = name === 'whole packs' ? Array.from({ length: 10 }, (_, tenth) => `part ${tenth}`) : ['all'];
  await forgetAll(folder, sources, signal);
  await rm(data, { recursive: true });
  return { blobs: folders * filesPerFolder, bytes };
}

async function forgetAll(folder: string, sources: readonly string[], signal: AbortSignal): Promise<void> {
  const { stdout } = await mustRunChild(holdfast(folder, 'snapshots', '--json'), signal);
  const list = JSON.parse(stdout) as { id: string; source: string }[];
  const ids = list.filter(({ source }) => sources.includes(source)).map(({ id }) => id);
  await mustRunChild(holdfast(folder, 'forget', '--allow-last', ...ids), signal);
}
