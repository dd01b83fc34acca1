/** What a bucket has, held against the content in a snapshot: by what S3 says of it, without reading it from there. */
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Room } from '../../platform/room.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import type { ListedObject } from '../../sources/s3-bucket/record.ts';
import type { StoredObject } from '../../sources/s3-bucket/stored-objects.ts';
import { claimIn, claimOfParts, isOfParts, Verifier, type Claim } from '../../sources/s3-bucket/verify.ts';
import { partsOf } from './object-content.ts';
import { partBytes, type TargetBucket, type Which } from './target-bucket.ts';

type Tools = { readonly target: TargetBucket; readonly reader: BlobReader; readonly room: Room };

export function isMarkerOf({ record }: StoredObject): boolean {
  return record?.deleteMarker === true;
}

export class Comparison {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  isSame(key: string, object: StoredObject, there: HeadObjectCommandOutput): Promise<boolean> {
    return this.#hasContent(key, object, there, {});
  }

  /** How many of the first are all that is there, in whatever order lists of one second have; null where something else is. */
  async firstOf(
    key: string,
    versions: readonly StoredObject[],
    there: readonly ListedObject[],
  ): Promise<number | null> {
    if (there.length > versions.length) return null;
    const left = versions.slice(0, there.length);
    for (const one of there) {
      const at = await this.#indexOf(key, one, left);
      if (at < 0) return null;
      left.splice(at, 1);
    }
    return there.length;
  }

  async #indexOf(key: string, { isMarker, versionId, size }: ListedObject, among: readonly StoredObject[]) {
    if (isMarker) return among.findIndex(isMarkerOf);
    const which = versionId === null ? {} : { VersionId: versionId };
    const mayBe = among.flatMap((own, at) => (!isMarkerOf(own) && own.node.size === size ? [at] : []));
    const head = mayBe.length === 0 ? null : await this.#tools.target.look(key, which);
    for (const at of head === null ? [] : mayBe)
      if (await this.#hasContent(key, among[at] as StoredObject, head as HeadObjectCommandOutput, which)) return at;
    return -1;
  }

  async #hasContent(
    key: string,
    { node, record }: StoredObject,
    there: HeadObjectCommandOutput,
    which: Which,
  ): Promise<boolean> {
    if (there.ContentLength !== node.size) return false;
    if (record !== null && there.ETag?.replaceAll('"', '') === record.etag) return true;
    const claim = await this.#claimOf(key, there, node.size, which);
    if (claim.by === 'length') return false;
    const { room, reader } = this.#tools;
    const verifier = new Verifier(claim, node.size);
    const held = Math.min(node.size, partBytes);
    await room.take(held);
    try {
      for await (const part of partsOf(reader, node, partBytes)) verifier.update(part);
    } finally {
      room.giveBack(held);
    }
    return verifier.fault() === null;
  }

  async #claimOf(key: string, there: HeadObjectCommandOutput, size: number, which: Which): Promise<Claim> {
    const claim = claimIn(there);
    if (claim.by !== 'length' || !isOfParts(there)) return claim;
    const first = await this.#tools.target.look(key, { ...which, PartNumber: 1 });
    return claimOfParts(there, size, first?.ContentLength ?? 0) ?? claim;
  }
}
