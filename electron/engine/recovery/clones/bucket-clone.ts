/** A clone below a prefix of a bucket: marked by an object of its own, taken stock of, looked at, and removed. */
import { createHash } from 'node:crypto';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  type ObjectIdentifier,
  type S3Client,
} from '@aws-sdk/client-s3';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { asked, AwsFailure } from '../../aws/failures.ts';
import { displayRaw, rawFromUtf8 } from '../../platform/raw-path.ts';
import { listObjects } from '../../sources/s3-bucket/listing.ts';
import type { ListedObject } from '../../sources/s3-bucket/record.ts';
import { abortUploads } from '../drills/remove-prefix.ts';
import { idInMark, markName } from './clone-mark.ts';
import type { CloneTold } from './clone-worker.ts';
import { ManifestWriter, readObjects, type MadeObject } from './manifest.ts';

export type ClonePrefix = {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly signal: AbortSignal;
};

const largestMark = 64 * 1024;
const firstNames = 100;
const batch = 1000;

/** CLONE_PLACE_TAKEN where an object is below it already, or an older version of one. */
export async function mustBeFree(place: ClonePrefix): Promise<void> {
  const where = `s3://${place.bucket}/${place.prefix}`;
  for await (const page of listObjects({ ...place, versions: true }))
    if (page.some(({ isMarker }) => !isMarker))
      throw new HoldfastError('CLONE_PLACE_TAKEN', `There are objects in ${where} already, or older versions of some.`);
}

export async function markPrefix({ s3, bucket: Bucket, prefix, signal }: ClonePrefix, text: string): Promise<void> {
  const Body = Buffer.from(text);
  const ContentMD5 = createHash('md5').update(Body).digest('base64');
  const Key = `${prefix}${markName}`;
  const put = new PutObjectCommand({ Bucket, Key, Body, ContentMD5, ContentType: 'application/json' });
  await asked('PutObject', () => s3.send(put, { abortSignal: signal }));
}

/** The id in its mark; null where it has none. */
export async function markAt({ s3, bucket: Bucket, prefix, signal }: ClonePrefix): Promise<string | null> {
  try {
    const get = new GetObjectCommand({ Bucket, Key: `${prefix}${markName}` });
    const found = await asked('GetObject', () => s3.send(get, { abortSignal: signal }));
    if ((found.ContentLength ?? 0) > largestMark) return null;
    return idInMark((await found.Body?.transformToString()) ?? '');
  } catch (error) {
    if (error instanceof AwsFailure && error.awsCode === 'NoSuchKey') return null;
    throw error;
  }
}

/** `own`: raw keys that the clone has written; what lies beside them is somebody's. */
export async function stockOf(
  place: ClonePrefix,
  manifest: string,
  own: (key: string) => boolean,
): Promise<{ readonly items: number; readonly bytes: number }> {
  const writer = new ManifestWriter(manifest);
  let items = 0;
  let bytes = 0;
  for await (const page of listObjects({ ...place, versions: true }))
    for (const object of page) {
      if (object.isMarker || !object.isLatest || !own(object.key)) continue;
      writer.object(object.key, madeOf(object));
      items += 1;
      bytes += object.size;
    }
  writer.finish();
  return { items, bytes };
}

/** Whether somebody has written below it since. A key that somebody has deleted is no loss. */
export async function lookAtPrefix(place: ClonePrefix, manifest: string): Promise<CloneTold> {
  const made = await readObjects(manifest);
  const mark = rawFromUtf8(`${place.prefix}${markName}`);
  const names: string[] = [];
  let items = 0;
  let kept = 0;
  for await (const page of listObjects({ ...place, versions: true }))
    for (const object of page) {
      if (object.key === mark || object.isMarker) continue;
      const reason = reasonToKeep(made, object);
      if (reason === null) {
        items += 1;
        continue;
      }
      kept += 1;
      if (names.length < firstNames) names.push(`${displayRaw(object.key)}: ${reason}`);
    }
  return { items, bytes: 0, removed: 0, kept, names, missing: items + kept === 0 };
}

/** `all`: also what somebody has written. Stopped in the middle, the next one goes on. */
export async function emptyPrefix(
  place: ClonePrefix,
  manifest: string,
  { all, onProgress }: { readonly all: boolean; readonly onProgress: (done: number, key: string) => void },
): Promise<CloneTold> {
  if (all) await abortUploads(place, place.prefix);
  const made = await readObjects(manifest);
  const mark = rawFromUtf8(`${place.prefix}${markName}`);
  const names: string[] = [];
  const marks: ListedObject[] = [];
  let removed = 0;
  let kept = 0;
  const keep = (key: string, reason: string): void => {
    kept += 1;
    if (names.length < firstNames) names.push(`${key}: ${reason}`);
  };
  for await (const page of listObjects({ ...place, versions: true })) {
    const going: ListedObject[] = [];
    for (const object of page) {
      if (object.key === mark) marks.push(object);
      // A sign that one of ours was deleted, over nothing else, goes with it.
      else if (all || (object.isMarker ? made.has(object.key) : reasonToKeep(made, object) === null))
        going.push(object);
      else if (!object.isMarker) keep(displayRaw(object.key), reasonToKeep(made, object) ?? '');
    }
    for (let from = 0; from < going.length; from += batch) {
      const some = going.slice(from, from + batch);
      const refused = await remove(place, some);
      for (const { key, reason } of refused) keep(key, reason);
      removed += some.length - refused.length;
      onProgress(removed, displayRaw(some.at(-1)?.key ?? ''));
    }
  }
  if (kept === 0 && marks.length > 0) {
    const refused = await remove(place, marks);
    for (const { key, reason } of refused) keep(key, reason);
  }
  return { items: removed, bytes: 0, removed, kept, names, missing: removed + kept + marks.length === 0 };
}

/** It is no clone any more. */
export async function unmarkPrefix(place: ClonePrefix): Promise<void> {
  const prefix = `${place.prefix}${markName}`;
  const marks: ListedObject[] = [];
  for await (const page of listObjects({ ...place, prefix, versions: true }))
    marks.push(...page.filter(({ key }) => key === rawFromUtf8(prefix)));
  if (marks.length > 0) await remove(place, marks);
}

async function remove(
  { s3, bucket: Bucket, signal }: ClonePrefix,
  objects: readonly ListedObject[],
): Promise<readonly { readonly key: string; readonly reason: string }[]> {
  const Objects = objects.map(({ key, versionId }): ObjectIdentifier => {
    const Key = Buffer.from(key, 'latin1').toString('utf8');
    return { Key, ...(versionId === null ? {} : { VersionId: versionId }) };
  });
  const request = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
  const { Errors = [] } = await asked('DeleteObjects', () => s3.send(request, { abortSignal: signal }));
  return Errors.map(({ Key = '', Message, Code = '' }) => ({ key: Key, reason: Message ?? Code }));
}

function madeOf({ versionId, etag, size, lastModifiedMs }: ListedObject): MadeObject {
  return { version: versionId, etag, size, lastModifiedMs };
}

function reasonToKeep(made: ReadonlyMap<string, MadeObject>, object: ListedObject): string | null {
  const own = made.get(object.key);
  if (own === undefined) return 'it was added';
  const isSame =
    own.version === object.versionId &&
    own.etag === object.etag &&
    own.size === object.size &&
    own.lastModifiedMs === object.lastModifiedMs;
  return isSame ? null : 'it was written since';
}
