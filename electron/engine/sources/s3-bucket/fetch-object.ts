/**
 * One object, read into the repository as it comes. A small one by one request, a large one by ranges at the same time; each
 * asks for the very object that was listed (`If-Match`), so that no content is made of two. What breaks off is asked for again.
 */
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { awsFailure, AwsFailure } from '../../aws/failures.ts';
import type { ObjectAnswer, ObjectReads } from '../../aws/object-reads.ts';
import { smallBytes, stretchBytes, type StoredContent, type StreamStore } from '../../repository/stream-store.ts';
import type { Bytes } from '../../repository/store-protocol.ts';
import type { ListedObject } from './record.ts';
import { claimIn, claimOfParts, isOfParts, Verifier, type Claim } from './verify.ts';

export type FetchTools = {
  readonly s3: S3Client;
  readonly reads: ObjectReads;
  readonly bucket: string;
  readonly streams: StreamStore;
  readonly signal: AbortSignal;
};

export type FetchedObject = {
  readonly content: StoredContent;
  readonly answer: ObjectAnswer;
  readonly verifiedBy: Claim['by'];
};

/** Times that what is not what S3 keeps is asked for. */
const attempts = 5;
const rangesAtOnce = 4;
const pauseMs = 200;

const replacements = 3;

/** As `fetchObject`; one that was replaced since it was listed is read as it is now. */
export async function fetchCurrent(
  tools: FetchTools,
  key: string,
  listed: ListedObject,
): Promise<FetchedObject & { readonly now: ListedObject }> {
  let now = listed;
  for (let attempt = 1; ; attempt++) {
    try {
      return { ...(await fetchObject(tools, key, now)), now };
    } catch (error) {
      const isReplaced = error instanceof AwsFailure && error.status === 412;
      if (!isReplaced || listed.versionId !== null || attempt >= replacements) throw error;
      now = await look(tools, key, now);
    }
  }
}

async function look(tools: FetchTools, key: string, listed: ListedObject): Promise<ListedObject> {
  const {
    ETag = '',
    ContentLength = 0,
    LastModified,
    StorageClass,
  } = await headOf(tools, key, { ...listed, etag: '' });
  return {
    ...listed,
    etag: ETag.replaceAll('"', ''),
    size: ContentLength,
    lastModifiedMs: LastModified?.getTime() ?? 0,
    storageClass: StorageClass ?? null,
  };
}

/** AWS_… with the code of S3: `PreconditionFailed` where it is another by now, `NoSuchKey`, `InvalidObjectState`. */
export async function fetchObject(tools: FetchTools, key: string, object: ListedObject): Promise<FetchedObject> {
  for (let attempt = 1; ; attempt++) {
    const fetched =
      object.size > stretchBytes ? await fetchLarge(tools, key, object) : await fetchSmall(tools, key, object);
    if (fetched.fault === null) return fetched;
    if (attempt >= attempts)
      throw new AwsFailure('AWS_ANSWER_INVALID', `What came is not what S3 keeps: ${fetched.fault}.`);
    await sleep(pauseMs * attempt, undefined, { signal: tools.signal });
  }
}

type Fetched = FetchedObject & { readonly fault: string | null };

async function fetchSmall(tools: FetchTools, key: string, object: ListedObject): Promise<Fetched> {
  const { streams } = tools;
  await streams.room(object.size);
  const [data, answer] = await getStretch(tools, key, object, null);
  const claim = await claimFor(tools, key, object, answer).catch((error: unknown) => {
    streams.drop(data);
    throw error;
  });
  const verifier = new Verifier(claim, object.size);
  verifier.update(data);
  const fault = verifier.fault();
  if (fault !== null) {
    streams.drop(data);
    return { content: { ids: new Uint8Array(0), size: 0 }, answer, verifiedBy: claim.by, fault };
  }
  const content = await (data.length <= smallBytes ? streams.small(data) : streams.stream().end(data));
  return { content, answer, verifiedBy: claim.by, fault };
}

async function fetchLarge(tools: FetchTools, key: string, object: ListedObject): Promise<Fetched> {
  const { streams } = tools;
  const head = await headOf(tools, key, object);
  const claim = await claimFor(tools, key, object, head);
  const verifier = new Verifier(claim, object.size);
  const stream = streams.stream();
  const coming: Promise<Bytes>[] = [];
  let next = 0;
  const begin = async (): Promise<void> => {
    const length = Math.min(stretchBytes, object.size - next);
    const range = { start: next, length };
    next += length;
    await streams.room(length);
    const stretch = getStretch(tools, key, object, range).then(([data]) => data);
    // Told when its turn comes.
    stretch.catch(() => undefined);
    coming.push(stretch);
  };
  try {
    await begin();
    for (let stretch = coming.shift(); stretch !== undefined; stretch = coming.shift()) {
      while (next < object.size && coming.length < rangesAtOnce) {
        // Whoever holds one must not wait for room for another: all might.
        if (!streams.hasRoom(stretchBytes)) break;
        await begin();
      }
      const data = await stretch;
      verifier.update(data);
      if (next >= object.size && coming.length === 0) {
        const content = await stream.end(data);
        return { content, answer: head, verifiedBy: claim.by, fault: verifier.fault() };
      }
      await stream.add(data);
      if (coming.length === 0) await begin();
    }
  } catch (error) {
    // What failed holds none; of the others it is not used.
    await Promise.all(coming.map((stretch) => stretch.then((data) => streams.drop(data)).catch(() => undefined)));
    await stream.abandon();
    throw error;
  }
  throw new HoldfastError('INTERNAL', 'A part of the object was lost.');
}

type Range = { readonly start: number; readonly length: number };

/** Whole, in memory of its own; none is held where it throws. What breaks off is asked for again as what is not answered is. */
async function getStretch(
  { reads, bucket, streams, signal }: FetchTools,
  key: string,
  object: ListedObject,
  range: Range | null,
): Promise<readonly [Bytes, ObjectAnswer]> {
  const wanted = {
    Bucket: bucket,
    Key: key,
    ...conditionOf(object),
    ...(range === null
      ? { ChecksumMode: 'ENABLED' as const }
      : { Range: `bytes=${range.start}-${range.start + range.length - 1}` }),
  };
  const memory = streams.memory(range?.length ?? object.size);
  try {
    return [memory, await reads.get(wanted, memory, signal)];
  } catch (error) {
    streams.drop(memory);
    throw awsFailure(error, 'GetObject');
  }
}

export function conditionOf({ etag, versionId }: ListedObject): {
  readonly IfMatch?: string;
  readonly VersionId?: string;
} {
  return { ...(etag !== '' && { IfMatch: `"${etag}"` }), ...(versionId !== null && { VersionId: versionId }) };
}

async function headOf({ s3, bucket, signal }: FetchTools, key: string, object: ListedObject, part?: number) {
  const input = { Bucket: bucket, Key: key, ...conditionOf(object), ChecksumMode: 'ENABLED' as const };
  const command = new HeadObjectCommand({ ...input, ...(part !== undefined && { PartNumber: part }) });
  try {
    return await s3.send(command, { abortSignal: signal });
  } catch (error) {
    throw awsFailure(error, 'HeadObject');
  }
}

/** An object in parts says what its ETag is made of when it is asked for its first part. */
async function claimFor(tools: FetchTools, key: string, object: ListedObject, answer: ObjectAnswer): Promise<Claim> {
  const claim = claimIn(answer);
  if (claim.by !== 'length' || !isOfParts(answer)) return claim;
  const { ContentLength: partBytes = 0 } = await headOf(tools, key, object, 1);
  return claimOfParts(answer, object.size, partBytes) ?? claim;
}
