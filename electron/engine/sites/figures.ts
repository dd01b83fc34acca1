/** Figures of transfers: what copying counts, for the queue, its history and whoever asked. */
import type { SyncFigures } from '../../../shared/contract/sync.ts';
import type { CopyFigures } from '../repository/copy/request.ts';

export const noFigures: SyncFigures = {
  scannedBytes: 0,
  checkedBytes: 0,
  sentBytes: 0,
  sentNetBytes: 0,
  folders: 0,
  files: 0,
  updatedFiles: 0,
  blobs: 0,
  packs: 0,
  requests: 0,
  retries: 0,
};

export function figuresOf(copy: CopyFigures): SyncFigures {
  return {
    scannedBytes: copy.scannedBytes,
    checkedBytes: copy.checkedBytes,
    sentBytes: copy.sentBytes,
    sentNetBytes: copy.sentNetBytes,
    folders: copy.folders,
    files: copy.files,
    updatedFiles: copy.updatedFiles,
    blobs: copy.sentBlobs,
    packs: copy.sentPacks,
    requests: copy.sourceRequests + copy.targetRequests,
    retries: copy.retries,
  };
}

export function plus(one: SyncFigures, other: SyncFigures): SyncFigures {
  return combined(one, other, (a, b) => a + b);
}

/** What has come since. */
export function minus(one: SyncFigures, before: SyncFigures): SyncFigures {
  return combined(one, before, (a, b) => Math.max(0, a - b));
}

function combined(one: SyncFigures, other: SyncFigures, of: (a: number, b: number) => number): SyncFigures {
  const names = Object.keys(noFigures) as (keyof SyncFigures)[];
  return Object.fromEntries(names.map((name) => [name, of(one[name], other[name])])) as SyncFigures;
}
