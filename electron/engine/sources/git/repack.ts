/** Keeps a mirror that grows with every run quick to read. No object is ever left out: what no ref leads to stays as well. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { runGit } from './git-process.ts';

/** Each fetch adds one. */
const manyPacks = 20;

/** Whether there was anything to do. Whoever is killed within leaves the old packs, the new one, or both. */
export async function repackMirror(git: Git, { isForced = false } = {}): Promise<boolean> {
  const names = await readdir(join(git.folder, 'objects', 'pack'));
  if (!isForced && names.filter((name) => name.endsWith('.pack')).length < manyPacks) return false;
  // A pack that is twice as large as all smaller ones together stays as it is.
  await runGit(git, ['repack', '--geometric=2', '-d', '-q']);
  await runGit(git, ['commit-graph', 'write', '--reachable']);
  return true;
}
