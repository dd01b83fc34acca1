/**
 * A snapshot in AWS that a new one can be built on: of the same volume, still there, and known block by block, because its
 * image lies in the repository too. Only what differs has to be put then.
 */
import type { AwsClients } from '../../aws/clients.ts';
import { blockBytes, zeroBlockHash } from '../../aws/ebs/blocks.ts';
import { findNative } from '../../aws/snapshots.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import type { StoredSnapshot } from '../../repository/snapshots.ts';
import { loadTree } from '../../repository/tree-lookup.ts';
import type { ImageDescription } from '../../sources/ec2/images/description.ts';
import { readImage, type StoredImage } from '../../sources/ec2/images/stored-image.ts';

export type Parent = {
  readonly id: string;
  /** SHA-256 of what stands there. */
  readonly hashOf: (block: number) => Uint8Array;
};

const idBytes = 32;
/** Snapshots that are looked into for one: newer ones differ less. */
const lookedInto = 8;

export type ParentQuery = {
  readonly region: string;
  /** Whose snapshots are looked at. */
  readonly account: string;
  readonly image: ImageDescription;
  /** Snapshots of the same source in the repository, oldest first. */
  readonly earlier: readonly StoredSnapshot[];
  /** No other than this will do: an upload that was begun stays with its parent. */
  readonly only: string | null;
};

export async function findParent(
  clients: AwsClients,
  query: ParentQuery,
  reader: BlobReader,
  signal: AbortSignal,
): Promise<Parent | null> {
  const { region, account } = query;
  const candidates = await candidatesOf(query, reader);
  if (candidates.size === 0) return null;
  const there = await findNative(clients.ec2(region), region, [...candidates.keys()], signal);
  for (const [id, { parts }] of candidates) {
    const native = there.get(id);
    const isFit = native?.state === 'completed' && !native.archived && native.account === account;
    if (isFit) return { id, hashOf: hashes(Buffer.concat(parts.map(({ ids }) => ids))) };
  }
  return null;
}

/** Whose content is not known any more: all blocks have to be put, also those of zeros. */
export function unknownParent(id: string): Parent {
  const nothing = new Uint8Array(idBytes);
  return { id, hashOf: () => nothing };
}

/** By their names in AWS, the newest first. */
async function candidatesOf(
  { region, image, earlier, only }: ParentQuery,
  reader: BlobReader,
): Promise<ReadonlyMap<string, StoredImage>> {
  const candidates = new Map<string, StoredImage>();
  for (const { file } of earlier.slice(-lookedInto).toReversed()) {
    const found = await imageOf(reader, file.tree, image.volume);
    if (found === null || candidates.has(found.description.snapshot)) continue;
    const { snapshot, sizeGib, region: ofRegion } = found.description;
    const isWanted = only === null || only === snapshot;
    if (isWanted && ofRegion === region && sizeGib <= image.sizeGib && areBlocks(found))
      candidates.set(snapshot, found);
  }
  return candidates;
}

async function imageOf(reader: BlobReader, tree: string, volume: string): Promise<StoredImage | null> {
  for (const { nodes } of await loadTree(reader, tree)) {
    for (const { type, subtree, name } of nodes) {
      if (type !== 'dir' || subtree === null || name !== volume) continue;
      const image = await readImage(reader, subtree);
      return image?.description.volume === volume ? image : null;
    }
  }
  return null;
}

/** Whether each blob is one block: then its id is the block's checksum. */
function areBlocks({ description, parts }: StoredImage): boolean {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const blocks = parts.reduce((sum, { ids }) => sum + ids.length / idBytes, 0);
  return description.blockBytes === blockBytes && blocks * blockBytes === size;
}

function hashes(ids: Uint8Array): Parent['hashOf'] {
  return (block) =>
    (block + 1) * idBytes <= ids.length ? ids.subarray(block * idBytes, (block + 1) * idBytes) : zeroBlockHash;
}
