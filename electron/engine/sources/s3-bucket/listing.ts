/**
 * What a bucket holds, page by page, in the order of the bytes of its keys. A list that is not in that order, repeats itself or
 * goes on without an end is refused: whatever was made of it could lack what the bucket holds.
 */
import {
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectsV2CommandOutput,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { rawFromUtf8 } from '../../platform/raw-path.ts';
import { asked } from '../../aws/failures.ts';
import type { ListedObject } from './record.ts';

export type ListRequest = {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly versions: boolean;
  readonly signal: AbortSignal;
};

/** Longest that S3 allows, in bytes. */
const longestKey = 1024;
/** Pages in a row without anything in them. */
const emptyPages = 1000;
/** Of one key, that are told apart. */
const mostVersions = 1_000_000;

type Page = { readonly objects: readonly ListedObject[]; readonly next: Marker | null };
type Marker = { readonly token?: string; readonly key?: string; readonly version?: string };

/** Everything there is, each page as it comes; the next one is asked for meanwhile. AWS_ANSWER_INVALID, AWS_… */
export async function* listObjects(request: ListRequest): AsyncGenerator<readonly ListedObject[]> {
  const load = request.versions ? versionPage : presentPage;
  const order = new Order(request.prefix);
  let empty = 0;
  let loading: Promise<Page> | null = load(request, {});
  try {
    while (loading !== null) {
      const { objects, next }: Page = await loading;
      empty = objects.length === 0 ? empty + 1 : 0;
      if (empty > emptyPages) throw unsound('it goes on without an end');
      loading = next === null ? null : load(request, next);
      // Whoever stops to read leaves it behind.
      loading?.catch(() => undefined);
      for (const object of objects) order.mustFollow(object);
      yield objects;
    }
  } finally {
    await loading?.catch(() => undefined);
  }
}

/** What was there before is held against what comes. */
class Order {
  readonly #prefix: string;
  #key = '';
  #isFirst = true;
  #versions = new Set<string>();

  constructor(prefix: string) {
    this.#prefix = rawFromUtf8(prefix);
  }

  mustFollow({ key, versionId }: ListedObject): void {
    if (key.length === 0 || key.length > longestKey) throw unsound('a key in it is of a length that S3 does not allow');
    if (!key.startsWith(this.#prefix)) throw unsound('it names keys that were not asked for');
    if (!this.#isFirst && key < this.#key) throw unsound('its keys are not in the order of their bytes');
    if (this.#isFirst || key !== this.#key) this.#versions = new Set();
    const version = versionId ?? '';
    if (this.#versions.has(version) || this.#versions.size >= mostVersions) throw unsound('it names an object twice');
    this.#versions.add(version);
    this.#key = key;
    this.#isFirst = false;
  }
}

function unsound(why: string): HoldfastError {
  return new HoldfastError('AWS_ANSWER_INVALID', `The list of the bucket cannot be relied on: ${why}.`);
}

function inputOf(bucket: string, prefix: string) {
  return {
    Bucket: bucket,
    EncodingType: 'url' as const,
    OptionalObjectAttributes: ['RestoreStatus' as const],
    ...(prefix !== '' && { Prefix: prefix }),
  };
}

async function presentPage({ s3, bucket, prefix, signal }: ListRequest, { token }: Marker): Promise<Page> {
  const page = await asked(`ListObjectsV2 of ${bucket}`, () => {
    const input = inputOf(bucket, prefix);
    const more = token === undefined ? {} : { ContinuationToken: token };
    return s3.send(new ListObjectsV2Command({ ...input, ...more }), { abortSignal: signal });
  });
  const objects = (page.Contents ?? []).map((one) => presentObject(one, isEncoded(page)));
  return { objects, next: page.IsTruncated === true ? nextToken(page, token) : null };
}

function nextToken({ NextContinuationToken: next }: ListObjectsV2CommandOutput, before: string | undefined): Marker {
  if (next === undefined || next === '' || next === before) throw unsound('it says that more follows, and not where');
  return { token: next };
}

async function versionPage({ s3, bucket, prefix, signal }: ListRequest, marker: Marker): Promise<Page> {
  const page = await asked(`ListObjectVersions of ${bucket}`, () => {
    const input = inputOf(bucket, prefix);
    const key = marker.key === undefined ? {} : { KeyMarker: marker.key };
    const version = marker.version === undefined ? {} : { VersionIdMarker: marker.version };
    return s3.send(new ListObjectVersionsCommand({ ...input, ...key, ...version }), { abortSignal: signal });
  });
  const present = (page.Versions ?? []).map((one) => ({
    ...presentObject(one, isEncoded(page)),
    versionId: one.VersionId ?? 'null',
    isLatest: one.IsLatest === true,
  }));
  const markers = (page.DeleteMarkers ?? []).map((one): ListedObject => ({
    key: decodeKey(one.Key, isEncoded(page)),
    size: 0,
    etag: '',
    lastModifiedMs: one.LastModified?.getTime() ?? 0,
    versionId: one.VersionId ?? 'null',
    storageClass: null,
    isMarker: true,
    isLatest: one.IsLatest === true,
    isArchived: false,
  }));
  return { objects: merged(present, markers), next: page.IsTruncated === true ? nextMarker(page, marker) : null };
}

/** The kit hands out what is there and what is marked as two lists, each in order. */
function merged(present: readonly ListedObject[], markers: readonly ListedObject[]): readonly ListedObject[] {
  if (markers.length === 0) return present;
  // Stable: the two lists stay as they are within a key.
  return [...present, ...markers].toSorted((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1));
}

function nextMarker(page: ListObjectVersionsCommandOutput, before: Marker): Marker {
  const { NextKeyMarker, NextVersionIdMarker: version } = page;
  const key = isEncoded(page) && NextKeyMarker !== undefined ? decodeText(NextKeyMarker) : NextKeyMarker;
  const isSame = key === before.key && version === before.version;
  if (key === undefined || key === '' || isSame) throw unsound('it says that more follows, and not where');
  return version === undefined || version === '' ? { key } : { key, version };
}

const archived: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

type Listed =
  | NonNullable<ListObjectsV2CommandOutput['Contents']>[number]
  | NonNullable<ListObjectVersionsCommandOutput['Versions']>[number];

function presentObject(
  { Key, Size, ETag, LastModified, StorageClass, RestoreStatus }: Listed,
  encoded: boolean,
): ListedObject {
  const size = Size ?? 0;
  if (!Number.isSafeInteger(size) || size < 0) throw unsound('an object in it has no length');
  return {
    key: decodeKey(Key, encoded),
    size,
    etag: (ETag ?? '').replaceAll('"', ''),
    lastModifiedMs: LastModified?.getTime() ?? 0,
    versionId: null,
    storageClass: StorageClass ?? null,
    isMarker: false,
    isLatest: true,
    isArchived: archived.has(StorageClass ?? '') && RestoreStatus?.RestoreExpiryDate === undefined,
  };
}

/** Stores that do not know the encoding send keys as they are. */
function isEncoded({ EncodingType }: { readonly EncodingType?: string | undefined }): boolean {
  return EncodingType === 'url';
}

function decodeKey(key: string | undefined, encoded: boolean): string {
  if (key === undefined) throw unsound('an object in it has no key');
  return rawFromUtf8(encoded ? decodeText(key) : key);
}

/** The kit leaves it as it came: as in a form, with `+` for a space. */
function decodeText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw unsound('a key in it cannot be read');
  }
}
