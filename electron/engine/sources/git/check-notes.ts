/** When a mirror was last found whole, or not: a note beside it, which moves with it and is captured with it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCheckNote, parseCheckNote, type CheckNote } from '../../../../shared/model/mirror-checks.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { makeFolders } from '../../platform/make-folders.ts';

export type MirrorOnDisk = {
  /** Below the folder of the source. */
  readonly path: string;
  readonly folder: string;
  readonly meta: string;
};

const noteFile = 'verified.json';
const largestNoteBytes = 64 * 1024;
const deepest = 16;
const mirrorName = /^(.+?)(\.wiki)?\.git$/;

/** Null where there is none, or none that could be ours. */
export async function readCheckNote(meta: string): Promise<CheckNote | null> {
  const text = await readSmallFile(join(meta, noteFile), largestNoteBytes).catch(() => null);
  return text === null ? null : parseCheckNote(text);
}

export async function saveCheckNote(meta: string, note: CheckNote): Promise<void> {
  await makeFolders(meta);
  await writeFileAtomically(join(meta, noteFile), encodeCheckNote(note));
}

/** Below the folder of the source too: what is known of a mirror lies beside it, that of a wiki with its repository's. */
export function metaOf(path: string): string {
  return path.replace(
    mirrorName,
    (_whole, base: string, wiki?: string) => `${base}.meta${wiki === undefined ? '' : '/wiki'}`,
  );
}

/** All there are below a folder, also those that no server has any more; by path. */
export async function mirrorsBelow(root: string): Promise<readonly MirrorOnDisk[]> {
  const found: MirrorOnDisk[] = [];
  await look(root, '', 0, found);
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function look(root: string, below: string, depth: number, found: MirrorOnDisk[]): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const path = below === '' ? name : `${below}/${name}`;
    if (mirrorName.test(path)) found.push({ path, folder: join(root, path), meta: join(root, metaOf(path)) });
    else if (!name.startsWith('.') && !name.endsWith('.meta') && depth < deepest)
      await look(root, path, depth + 1, found);
  }
}
