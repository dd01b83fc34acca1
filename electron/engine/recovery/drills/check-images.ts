/** Lets the programs for it check file systems in images that were brought back. They look, and mend nothing. */
import { open } from 'node:fs/promises';
import type { DrillCheck } from '../../../../shared/contract/drills.ts';
import { displayRaw, fsPath, rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';
import { runSubprocess } from '../../platform/subprocess.ts';
import type { Closer } from './compare-source.ts';

const mostImages = 10;
const timeoutMs = 30 * 60_000;
/** Reaches past the superblock of ext2 to ext4, which begins at 1024. */
const headBytes = 2048;

type FileSystem = { readonly name: string; readonly argv: (path: string) => readonly string[] };

/** One check for each image; none where there is none. */
export async function checkImages({ data, paths, signal }: Closer): Promise<DrillCheck[]> {
  const checks: DrillCheck[] = [];
  for (const path of paths) {
    if (checks.length >= mostImages) break;
    const place = rawFromUtf8(data) + path;
    const found = await fileSystemIn(place);
    if (found !== null) checks.push(await check(found, path, place, signal));
  }
  return checks;
}

async function fileSystemIn(place: RawPath): Promise<FileSystem | null> {
  const file = await open(fsPath(place), 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    if (bytesRead < headBytes) return null;
    if (buffer.readUInt16LE(1024 + 56) === 0xef53) return { name: 'ext', argv: (path) => ['e2fsck', '-f', '-n', path] };
    if (buffer.toString('latin1', 0, 4) === 'XFSB')
      return { name: 'XFS', argv: (path) => ['xfs_repair', '-n', '-f', path] };
    return null;
  } finally {
    await file.close();
  }
}

async function check(
  { name, argv }: FileSystem,
  path: RawPath,
  place: RawPath,
  signal: AbortSignal,
): Promise<DrillCheck> {
  const title = `The ${name} file system in ${displayRaw(path)} is sound`;
  const id = 'image';
  const raw = fsPath(place);
  if (typeof raw !== 'string') return { id, title, result: 'left', detail: 'No program can be given its name.' };
  const environment = { PATH: '/usr/sbin:/sbin:/usr/bin:/bin', LC_ALL: 'C' };
  const { end, output } = await runSubprocess({ argv: argv(raw), environment, timeoutMs, signal });
  if (end.kind === 'exited' && end.code === 0)
    return { id, title, result: 'good', detail: 'The program finds no fault.' };
  if (end.kind !== 'exited')
    return { id, title, result: 'left', detail: `${argv(raw)[0] ?? ''} could not be run to its end.` };
  const words = output.toString('utf8').trim().split('\n').slice(-3).join(' ').slice(0, 500);
  return { id, title, result: 'bad', detail: words === '' ? `It ended with ${end.code}.` : words };
}
