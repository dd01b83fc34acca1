/**
 * A bare repository with exactly the refs that are wanted, which takes its objects from an unpacked one: what is pushed,
 * bundled or counted from it can hold nothing else.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ref } from '../../../../shared/model/git-refs.ts';
import type { GitProcess } from './git-process.ts';
import { bytesOfRef } from './refs.ts';
import { makeEmpty, type ObjectFormat } from './plain-bare.ts';

/** Makes `folder`, whose parent is there, such a repository. */
export async function makeView(
  folder: string,
  { objects, format }: { readonly objects: string; readonly format: ObjectFormat },
): Promise<void> {
  await makeEmpty(folder, format);
  await writeFile(join(folder, 'objects', 'info', 'alternates'), `${objects}\n`);
}

/** Gives the repository these refs and no others. Their objects have to be there. GIT_COMMAND_FAILED. */
export async function setRefs(git: GitProcess, refs: readonly Ref[], head: string | null): Promise<void> {
  await rm(join(git.folder, 'packed-refs'), { force: true });
  await rm(join(git.folder, 'refs'), { recursive: true, force: true });
  await mkdir(join(git.folder, 'refs'));
  if (head !== null)
    await writeFile(
      join(git.folder, 'HEAD'),
      Buffer.concat([Buffer.from('ref: '), bytesOfRef(head), Buffer.from('\n')]),
    );
  if (refs.length === 0) return;
  const commands = refs.flatMap(([name, id]) => [Buffer.from('create '), bytesOfRef(name), Buffer.from(`\0${id}\0`)]);
  await git.run(['update-ref', '-z', '--stdin'], { input: Buffer.concat(commands) });
  await git.run(['pack-refs', '--all']);
}
