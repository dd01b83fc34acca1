/** Entries of a snapshot on their way to the catalog, as columns: few objects travel faster than many. */
import type { RawPath } from '../platform/raw-path.ts';
import type { Content } from './content.ts';

/** What becomes of an entry, where it is not the number of a type (content.ts). */
export const entryGone = 0;
/** A folder that is as it was, and holds something that is not. */
export const entryKept = 255;

/** The handle of a snapshot's root. Every folder that entries lie in has one, given where the folder itself is an entry. */
export const rootHandle = 1;

export type VersionBatch = {
  readonly count: number;
  /** Handle of the folder each entry lies in. */
  readonly folders: Float64Array;
  readonly names: readonly RawPath[];
  /** `entryGone`, `entryKept` or the number of a type. */
  readonly kinds: Uint8Array;
  readonly sizes: Float64Array;
  readonly mtimes: Float64Array;
  /** 32 bytes an entry. */
  readonly digests: Uint8Array;
  readonly hasDigest: Uint8Array;
  /** The handle of the entry itself, or 0. */
  readonly handles: Float64Array;
  /** Handles that are not used any more after this batch. */
  readonly released: readonly number[];
};

export const batchEntries = 1024;

/** Collects entries; `take` hands them over when it is time. */
export class BatchBuilder {
  #batch = emptyBatch();
  #count = 0;

  get isFull(): boolean {
    return this.#count === batchEntries || this.#batch.released.length >= batchEntries;
  }

  get isEmpty(): boolean {
    return this.#count === 0 && this.#batch.released.length === 0;
  }

  /** `handle` is 0 where nothing will lie in it. */
  add(folder: number, name: RawPath, kind: number, content: Content | null, handle: number): void {
    const batch = this.#batch;
    const at = this.#count++;
    batch.folders[at] = folder;
    batch.names.push(name);
    batch.kinds[at] = kind;
    batch.handles[at] = handle;
    if (content === null) return;
    batch.sizes[at] = content.size;
    batch.mtimes[at] = content.mtime;
    if (content.digest === null) return;
    batch.hasDigest[at] = 1;
    batch.digests.set(content.digest, at * 32);
  }

  release(handle: number): void {
    this.#batch.released.push(handle);
  }

  take(): { readonly batch: VersionBatch; readonly transfer: ArrayBuffer[] } {
    const { folders, kinds, sizes, mtimes, digests, hasDigest, handles } = this.#batch;
    const batch = { ...this.#batch, count: this.#count };
    this.#batch = emptyBatch();
    this.#count = 0;
    const transfer = [folders, kinds, sizes, mtimes, digests, hasDigest, handles].map(({ buffer }) => buffer);
    return { batch, transfer };
  }
}

/** The content of an entry, or null where it is gone. The digest lies in the batch's own memory. */
export function contentAt(batch: VersionBatch, at: number): Content | null {
  const kind = batch.kinds[at] as number;
  if (kind === entryGone) return null;
  return {
    type: kind,
    size: batch.sizes[at] as number,
    mtime: batch.mtimes[at] as number,
    digest: batch.hasDigest[at] === 1 ? batch.digests.subarray(at * 32, at * 32 + 32) : null,
  };
}

function emptyBatch() {
  return {
    folders: new Float64Array(batchEntries),
    names: [] as RawPath[],
    kinds: new Uint8Array(batchEntries),
    sizes: new Float64Array(batchEntries),
    mtimes: new Float64Array(batchEntries),
    digests: new Uint8Array(batchEntries * 32),
    hasDigest: new Uint8Array(batchEntries),
    handles: new Float64Array(batchEntries),
    released: [] as number[],
  };
}
