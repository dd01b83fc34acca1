/** A program that brings one mirror up to date, to be killed while it does: what to do stands in its only argument. */
import { gitOn } from '../../../electron/engine/sources/git/mirror-git.ts';
import { updateMirror, type MirrorRequest } from '../../../electron/engine/sources/git/mirror.ts';
import { repackMirror } from '../../../electron/engine/sources/git/repack.ts';

const { signal } = new AbortController();
const { isRepack, ...given } = JSON.parse(process.argv[2] ?? '') as Omit<MirrorRequest, 'signal' | 'nowMs'> & {
  readonly isRepack: boolean;
};
process.stdout.write('ready\n');
if (isRepack) await repackMirror(gitOn({ folder: given.folder, signal }), { isForced: true });
else await updateMirror({ ...given, signal, nowMs: () => Date.now() });
