/** Whether a mirror is whole. What is damaged in a pack no list of refs tells: Git has to look into it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { lastLines } from './failures.ts';
import { GitFailure } from './git.ts';
import { runGit } from './git-process.ts';
import { endStrays } from './leftovers.ts';
import { gitOn, mirrorMark } from './mirror-git.ts';

export type MirrorVerdict = { readonly ok: boolean; readonly problems: readonly string[] };

const toldProblems = 20;

/**
 * Whether all that the refs lead to is there; with `full`, whether every object, and every file of Git LFS, is what its name
 * says. Never raises because of damage: CANCELLED, GIT_MISSING.
 */
export async function verifyMirror(
  folder: string,
  { full, signal, onWords }: { full: boolean; signal: AbortSignal; onWords?: (text: string) => void },
): Promise<MirrorVerdict> {
  await endStrays(folder);
  const problems = await fsck(folder, { full, signal, ...(onWords === undefined ? {} : { onWords }) });
  const damaged = full ? await damagedLargeFiles(folder, signal) : [];
  const all = [...problems, ...damaged.map((name) => `The large file ${name} is damaged.`)];
  return { ok: all.length === 0, problems: all.slice(0, toldProblems) };
}

async function fsck(
  folder: string,
  { full, signal, onWords }: { full: boolean; signal: AbortSignal; onWords?: (text: string) => void },
): Promise<readonly string[]> {
  // It only reads, and whoever clears up after a killed run may let it.
  const git = gitOn({ folder, signal }, null, { configuration: { [mirrorMark]: 'reading' } });
  const found: string[] = [];
  let rest = '';
  const onOutput = (part: Buffer): void => {
    const lines = (rest + part.toString('latin1')).split('\n');
    rest = (lines.pop() ?? '').slice(-1_000);
    for (const line of lines) if (found.length < toldProblems) found.push(lastLines(line));
  };
  const how = full ? '--full' : '--connectivity-only';
  try {
    await runGit(git, ['fsck', how, '--no-dangling', '--progress'], {
      onOutput,
      ...(onWords === undefined ? {} : { onWords }),
    });
    return [];
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return [lastLines(error.message), ...found].filter((problem) => problem !== '');
  }
}

/** Their names are their SHA-256: `lfs/objects/ab/cd/abcd…`. */
async function damagedLargeFiles(folder: string, signal: AbortSignal): Promise<readonly string[]> {
  const objects = join(folder, 'lfs', 'objects');
  const damaged: string[] = [];
  const entries = await readdir(objects, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile() || !/^[0-9a-f]{64}$/.test(entry.name)) continue;
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(entry.parentPath, entry.name)), hash, { signal });
    if (hash.digest('hex') !== entry.name) damaged.push(entry.name);
  }
  return damaged;
}
