/**
 * The folders of the repositories, called as the repositories are. Whoever was renamed takes its folders along; whoever
 * is gone keeps them, under another name once a new repository has taken the old one. Nothing is removed.
 */
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { partSuffixes, workFolder } from './names.ts';
import { type RepositoryRecord } from './state.ts';

type Folder = Pick<RepositoryRecord, 'id' | 'name' | 'folder' | 'isListed'>;

const movingFolder = 'moving';

/** What the folders of each are to be called, by number. A tilde is in no name of GitHub's. */
export function foldersOf(records: readonly Folder[]): ReadonlyMap<number, string> {
  const taken = new Set<string>();
  const folders = new Map<number, string>();
  const give = (id: number, wanted: string): void => {
    const folder = taken.has(wanted.toLowerCase()) ? `${wanted.replace(/~\d+$/, '')}~${id}` : wanted;
    taken.add(folder.toLowerCase());
    folders.set(id, folder);
  };
  for (const { id, name, isListed } of records) if (isListed) give(id, name);
  for (const { id, name, folder, isListed } of records) if (!isListed) give(id, folder ?? name);
  return folders;
}

/**
 * Moves the folders of all that are called otherwise now, and says which those are, with their new folders. What a kill
 * had left half moved is moved on.
 */
export async function moveFolders(root: string, records: readonly Folder[]): Promise<ReadonlyMap<number, string>> {
  const wanted = foldersOf(records);
  const moved = new Map<number, string>();
  const moving = join(root, workFolder, movingFolder);
  for (const { id, folder } of records) {
    const to = wanted.get(id);
    if (folder === null || to === undefined || folder === to) continue;
    await mkdir(moving, { recursive: true });
    for (const suffix of partSuffixes) await renameIfThere(join(root, folder + suffix), join(moving, id + suffix));
    moved.set(id, to);
  }
  for (const name of await namesIn(moving)) {
    const [, number, suffix] = /^(\d+)(\..+)$/.exec(name) ?? [];
    const to = wanted.get(Number(number));
    if (to === undefined || suffix === undefined) continue;
    await setAside(root, to + suffix);
    await renameIfThere(join(moving, name), join(root, to + suffix));
    moved.set(Number(number), to);
  }
  return moved;
}

/** What lies there belongs to no repository that is known: the state was lost. It keeps lying beside. */
async function setAside(root: string, name: string): Promise<void> {
  const suffix = partSuffixes.findLast((candidate) => name.endsWith(candidate)) ?? '';
  const names = new Set(await namesIn(root));
  if (!names.has(name)) return;
  const base = name.slice(0, -suffix.length);
  for (let number = 0; ; number += 1) {
    const aside = `${base}~unknown${number}${suffix}`;
    if (!names.has(aside)) return rename(join(root, name), join(root, aside));
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    if (!isAbsence(error)) throw error;
  });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isAbsence(error)) return [];
    throw error;
  });
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
