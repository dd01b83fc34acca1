/** The mark of a clone: a small file in it that says what it is of and until when, for whoever comes across it. */
import { constants } from 'node:fs';
import { lstat, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CloneOf, ClonePlace } from '../../../../shared/contract/clones.ts';

export const markName = '.holdfast-clone.json';
/** In a working folder it lies where Git does not look for files. */
const inGit = 'holdfast-clone.json';
const largestMark = 64 * 1024;

export type CloneMark = {
  readonly id: string;
  readonly of: CloneOf;
  readonly madeBy: string;
  readonly madeAtMs: number;
  readonly expiresAtMs: number;
};

const idSchema = z.object({ holdfastClone: z.literal(1), id: z.string() });

/** Relative to the folder of the clone. `alone`: it is one repository. */
export function markOf(place: ClonePlace, alone: boolean): string {
  return place.kind === 'git' && place.as === 'checkout' && alone ? `.git/${inGit}` : markName;
}

export const markNames: readonly string[] = [markName, `.git/${inGit}`];

export function markText({ id, of, madeBy, madeAtMs, expiresAtMs }: CloneMark): string {
  const mark = {
    holdfastClone: 1,
    id,
    what: 'A copy for development, made by Holdfast. It is removed when it expires, unless somebody has changed it.',
    expiresAt: new Date(expiresAtMs).toISOString(),
    keep: `holdfast clone keep ${id}`,
    of,
    madeBy,
    madeAt: new Date(madeAtMs).toISOString(),
  };
  return `${JSON.stringify(mark, null, 2)}\n`;
}

/** Null of what is no mark. */
export function idInMark(text: string): string | null {
  try {
    return idSchema.parse(JSON.parse(text)).id;
  } catch {
    return null;
  }
}

/** In place of the one that is there. */
export async function writeMark(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  const part = `${path}.part`;
  await unlink(part).catch(() => undefined);
  const file = await open(
    part,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o644,
  );
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
}

/** Which of the two it has, with its id; null where it has none of a clone. */
export async function findMark(folder: string): Promise<{ readonly name: string; readonly id: string } | null> {
  for (const name of markNames) {
    const id = await readMark(join(folder, name));
    if (id !== null) return { name, id };
  }
  return null;
}

async function readMark(path: string): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  if (found?.isFile() !== true || found.size > largestMark) return null;
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null);
  if (file === null) return null;
  try {
    return idInMark(await file.readFile('utf8'));
  } finally {
    await file.close();
  }
}
