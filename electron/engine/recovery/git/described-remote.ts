/**
 * What is to be pushed, written into a repository of our own: its configuration names the refs, and refs that stand for
 * those of the target say where each was seen, which `--force-with-lease` goes by.
 */
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlannedRef } from '../../../../shared/model/git-restore-plan.ts';
import { dirRaw, fsPath, joinRaw, rawFromUtf8 } from '../../platform/raw-path.ts';
import { bytesOfRef } from './refs.ts';

/** The remote that is described. */
export const byBytes = 'bytes';
const seenRefs = 'refs/holdfast/seen';
const end = '# What is pushed by bytes\n';

/** In place of what was described before. */
export async function describeRemote(folder: string, url: string, refs: readonly PlannedRef[]): Promise<void> {
  const config = join(folder, 'config');
  const [own = ''] = (await readFile(config, 'latin1')).split(end);
  const pushes = refs.map(
    ({ name, to }) => `\tpush = ${quoted(`${to ?? ''}:${bytesOfRef(name).toString('latin1')}`)}\n`,
  );
  const remote = `[remote "${byBytes}"]\n\turl = ${quoted(rawFromUtf8(url))}\n\tfetch = +refs/*:${seenRefs}/*\n`;
  await writeFile(config, own, 'latin1');
  await appendFile(config, [end, remote, ...pushes].join(''), 'latin1');
  await rm(join(folder, seenRefs), { recursive: true, force: true });
  for (const { name, from } of refs) if (from !== null) await noteSeen(folder, name, from);
}

/** By hand: of what the target alone has, Git would make no ref. */
async function noteSeen(folder: string, name: string, id: string): Promise<void> {
  const below = bytesOfRef(name).toString('latin1').slice('refs/'.length);
  const place = joinRaw(rawFromUtf8(join(folder, seenRefs)), below);
  await mkdir(fsPath(dirRaw(place)), { recursive: true });
  await writeFile(fsPath(place), `${id}\n`);
}

/** As git-config(1) wants a value that may hold anything but a line's end. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
}
