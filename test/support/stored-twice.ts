/** Blobs that were sent to a repository more than once: what its packs hold, told by their own headers. */
import { readFileSync } from 'node:fs';
import { readPackHeader } from '../../electron/engine/repository/check-pack.ts';
import { BlobCodec } from '../../electron/engine/repository/blob-codec.ts';
import { openKnown, packFile, storedNames } from './upkeep-repository.ts';

export type StoredBlobs = {
  /** Packs by name, with the ids of their blobs. */
  readonly packs: ReadonlyMap<string, readonly string[]>;
  /** Blobs that lie in more than one pack. */
  readonly repeated: readonly string[];
};

export async function storedBlobs(location: string): Promise<StoredBlobs> {
  const { key, config } = await openKnown(location);
  const codec = new BlobCodec(key, config.version);
  const seen = new Set<string>();
  const repeated: string[] = [];
  const packs = new Map<string, readonly string[]>();
  for (const name of storedNames(location, 'data')) {
    const blobs = readPackHeader(codec, readFileSync(packFile(location, name))) ?? [];
    packs.set(
      name,
      blobs.map(({ id }) => id),
    );
    for (const { type, id } of blobs) {
      if (seen.has(type + id)) repeated.push(id);
      seen.add(type + id);
    }
  }
  return { packs, repeated };
}
