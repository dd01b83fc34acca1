/** Holds what was brought back against what the source has now, where that is unchanged by size and time. It only reads. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import type { DrillCheck } from '../../../../shared/contract/drills.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import { displayRaw, fsPath, rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';

export type Closer = { readonly data: string; readonly paths: readonly RawPath[]; readonly signal: AbortSignal };

/** More than this says no more. */
const mostBytes = 256 * 1024 * 1024;
const title = 'What the source has not changed since is the same there';

export async function compareWithSource({ data, paths, signal }: Closer): Promise<DrillCheck> {
  let same = 0;
  let bytes = 0;
  const other: RawPath[] = [];
  for (const path of paths) {
    const restored = rawFromUtf8(data) + path;
    const size = await sizeIfUnchanged(restored, path);
    if (size === null || bytes + size > mostBytes) continue;
    bytes += size;
    const [here, there] = [await digestOf(restored, signal), await digestOf(path, signal)];
    if (here === null || there === null || (await sizeIfUnchanged(restored, path)) === null) continue;
    if (here === there) same += 1;
    else other.push(path);
  }
  const [first] = other;
  if (first !== undefined)
    return {
      id: 'source',
      title,
      result: 'bad',
      detail: `${displayRaw(first)} has the size and time it had, and another content. So it is with ${formatCount(other.length)} in all.`,
    };
  if (same === 0)
    return { id: 'source', title, result: 'left', detail: 'None of it is unchanged there, or can be read.' };
  return {
    id: 'source',
    title,
    result: 'good',
    detail: `${formatCount(same)} files, ${formatBytes(bytes)}, are equal.`,
  };
}

async function sizeIfUnchanged(restored: RawPath, live: RawPath): Promise<number | null> {
  const stats = await Promise.all(
    [restored, live].map((path) => lstat(fsPath(path), { bigint: true }).catch(() => null)),
  );
  const [one, other] = stats;
  if (one?.isFile() !== true || other?.isFile() !== true) return null;
  return one.size === other.size && one.mtimeNs === other.mtimeNs ? Number(one.size) : null;
}

/** Without leaving a trace of having read it, where this account may do that. */
async function digestOf(path: RawPath, signal: AbortSignal): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(fsPath(path), flags | constants.O_NOATIME)
    .catch(() => open(fsPath(path), flags))
    .catch(() => null);
  if (file === null) return null;
  try {
    const digest = createHash('sha256');
    for await (const chunk of file.createReadStream({ autoClose: false, signal })) digest.update(chunk as Buffer);
    return digest.digest('hex');
  } finally {
    await file.close();
  }
}
