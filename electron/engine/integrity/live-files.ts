/** Where a file of a snapshot lies on this machine. What is found there counts only where its content has the lost id. */
import { hostname } from 'node:os';
import { rawFromUtf8, type RawPath } from '../platform/raw-path.ts';
import type { StoredSnapshot } from '../repository/snapshots.ts';

/** Null where the snapshot was taken on another machine, or holds what lies in no folder of this one. */
export function liveFile({ file }: StoredSnapshot, path: RawPath): RawPath | null {
  if (file.hostname !== hostname()) return null;
  const isBelow = file.paths.some((root) => {
    const raw = rawFromUtf8(root);
    return path === raw || path.startsWith(raw.endsWith('/') ? raw : `${raw}/`);
  });
  return isBelow ? path : null;
}
