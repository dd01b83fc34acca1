/** What lies at a place where a repository is or might be made. Looks only. */
import { constants } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Place } from '../../../shared/contract/repositories.ts';
import { HoldfastError, reportError, toHoldfastError } from '../../../shared/model/errors.ts';
import { parseLocation } from '../../../shared/model/location.ts';

/** REPOSITORY_KIND_UNSUPPORTED. */
export async function inspectPlace(text: string): Promise<Place> {
  const parsed = parseLocation(text);
  if (parsed.kind !== 'local')
    throw new HoldfastError('REPOSITORY_KIND_UNSUPPORTED', `${parsed.kind}: is not built yet.`);
  const location = resolve(parsed.folder);
  const ground = await existingPart(location);
  const about = { location, freeBytes: await freeBytes(ground), sameDisk: await isOnHomeDisk(ground) };
  try {
    return { ...about, kind: await kindOf(location, ground), problem: null };
  } catch (error) {
    return { ...about, kind: 'unusable', problem: reportError(toHoldfastError(error)) };
  }
}

async function kindOf(location: string, ground: string): Promise<Exclude<Place['kind'], 'unusable'>> {
  if (!(await stat(ground)).isDirectory()) throw new HoldfastError('TARGET_UNUSABLE', `${ground} is not a folder.`);
  if (ground !== location) {
    await access(ground, constants.W_OK | constants.X_OK);
    return 'missing';
  }
  const names = await readdir(location);
  // Whether it can be written to is found out by whoever writes: a repository that can only be read is of use too.
  if (names.includes('config') && names.includes('keys')) return 'repository';
  await access(location, constants.W_OK | constants.X_OK);
  return names.length === 0 ? 'empty' : 'occupied';
}

/** The place itself, or the nearest folder above it that is there. */
async function existingPart(location: string): Promise<string> {
  for (let path = location; ; path = dirname(path)) {
    const there = await stat(path).catch(() => null);
    if (there !== null || path === dirname(path)) return path;
  }
}

async function freeBytes(path: string): Promise<number | null> {
  const { bavail, bsize } = await statfs(path).catch(() => ({ bavail: null, bsize: 0 }));
  return bavail === null ? null : bavail * bsize;
}

async function isOnHomeDisk(path: string): Promise<boolean> {
  try {
    return (await stat(path)).dev === (await stat(join(homedir()))).dev;
  } catch {
    return false;
  }
}
