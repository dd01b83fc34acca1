/** Lists of a bucket, page by page: of what is there now, and of every version. Keys come in the order of their bytes. */
import { type XmlTree } from '../protocol/xml.ts';
import { type Answer } from '../service.ts';
import { keyText, rawKeyOf, type Bucket, type ObjectVersion, type RawKey } from './bucket.ts';
import { header, isoSeconds, numberIn, xmlAnswer, type BucketCall, type S3Route } from './call.ts';
import { invalidArgument } from './refusals.ts';
import { restoreState } from './archive.ts';

export const listingRoutes: readonly S3Route[] = [
  {
    name: 'ListObjectVersions',
    method: 'GET',
    where: 'bucket',
    query: ['versions'],
    action: 's3:ListBucketVersions',
    answer: listVersions,
  },
  {
    name: 'ListObjectsV2',
    method: 'GET',
    where: 'bucket',
    query: ['list-type'],
    action: 's3:ListBucket',
    answer: listSecond,
  },
  { name: 'ListObjects', method: 'GET', where: 'bucket', action: 's3:ListBucket', answer: listFirst },
];

type Wanted = {
  readonly bucket: Bucket;
  readonly prefix: RawKey;
  readonly delimiter: RawKey;
  readonly limit: number;
};

type Page<Entry> = {
  readonly entries: Entry[];
  readonly prefixes: RawKey[];
  /** The last key or prefix on the page where more follow. */
  readonly last: RawKey | null;
};

/** Keys from the first one after `after`, of those that `take` has an entry for; what a delimiter closes comes as one. */
function pageOf<Entry>(wanted: Wanted, after: RawKey, take: (key: RawKey) => Entry | undefined): Page<Entry> {
  const { bucket, prefix, delimiter, limit } = wanted;
  const page = { entries: [] as Entry[], prefixes: [] as RawKey[] };
  let last: RawKey | null = null;
  const from = after >= prefix ? after : '';
  let at = from === '' ? bucket.placeOf(prefix) : placeAfter(wanted, from);
  while (at < bucket.keys.length) {
    const key = bucket.keys[at] ?? '';
    if (!key.startsWith(prefix)) break;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = cut === -1 ? null : key.slice(0, cut + delimiter.length);
    const entry = take(key);
    if (entry !== undefined) {
      if (page.entries.length + page.prefixes.length >= limit) return { ...page, last: limit === 0 ? null : last };
      if (common === null) page.entries.push(entry);
      else page.prefixes.push(common);
      last = common ?? key;
    }
    at = common === null || entry === undefined ? at + 1 : pastPrefix(bucket, common);
  }
  return { ...page, last: null };
}

/** A common prefix that was on the page before is not entered again. */
function placeAfter({ bucket, prefix, delimiter }: Wanted, after: RawKey): number {
  const cut = delimiter === '' ? -1 : after.indexOf(delimiter, prefix.length);
  if (cut !== -1 && cut + delimiter.length === after.length) return pastPrefix(bucket, after);
  return bucket.keys[bucket.placeOf(after)] === after ? bucket.placeOf(after) + 1 : bucket.placeOf(after);
}

function pastPrefix(bucket: Bucket, prefix: RawKey): number {
  return bucket.placeOf(`${prefix}\uffff`);
}

function wantedIn({ bucket, query, world }: BucketCall): Wanted & { readonly maxKeys: number } {
  const asked = numberIn(query, 'max-keys', 1000);
  return {
    bucket,
    prefix: rawKeyOf(query.get('prefix') ?? ''),
    delimiter: rawKeyOf(query.get('delimiter') ?? ''),
    maxKeys: Math.min(asked, 1000),
    limit: Math.min(asked, world.behaviour.pageLimit),
  };
}

function listSecond(call: BucketCall): Answer {
  const { query, bucket } = call;
  const wanted = wantedIn(call);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const after = token === null ? rawKeyOf(startAfter ?? '') : keyInToken(token);
  const page = pageOf(wanted, after, (key) => presentVersion(bucket, key));
  const encode = encoderOf(query);
  return xmlAnswer('ListBucketResult', {
    ...aboutPage(call, wanted, encode),
    KeyCount: page.entries.length + page.prefixes.length,
    ContinuationToken: token,
    NextContinuationToken: page.last === null ? null : tokenOf(page.last),
    StartAfter: startAfter === null ? null : encode(rawKeyOf(startAfter)),
    IsTruncated: String(page.last !== null),
    Contents: page.entries.map((version) => presented(call, version, query.get('fetch-owner') === 'true', encode)),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

function listFirst(call: BucketCall): Answer {
  const { query, bucket } = call;
  const wanted = wantedIn(call);
  const marker = query.get('marker') ?? '';
  const page = pageOf(wanted, rawKeyOf(marker), (key) => presentVersion(bucket, key));
  const encode = encoderOf(query);
  return xmlAnswer('ListBucketResult', {
    ...aboutPage(call, wanted, encode),
    Marker: encode(rawKeyOf(marker)),
    // Without a delimiter, the last key is the next marker, and is not said.
    NextMarker: page.last === null || wanted.delimiter === '' ? null : encode(page.last),
    IsTruncated: String(page.last !== null),
    Contents: page.entries.map((version) => presented(call, version, true, encode)),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

function listVersions(call: BucketCall): Answer {
  const { query, bucket, world } = call;
  const wanted = wantedIn(call);
  const encode = encoderOf(query);
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('version-id-marker') ?? ''];
  if (idMarker !== '' && keyMarker === '') {
    throw invalidArgument(
      'version-id-marker',
      idMarker,
      'A version-id marker cannot be specified without a key marker.',
    );
  }
  const found = versionsFrom(wanted, rawKeyOf(keyMarker), idMarker);
  const present = (version: ObjectVersion): XmlTree => ({
    Key: encode(version.key),
    VersionId: version.id,
    IsLatest: String(bucket.current(version.key) === version),
    LastModified: isoSeconds(version.modifiedMs),
    ...(version.content !== null && {
      ETag: `"${version.etag}"`,
      Size: version.content.size,
      StorageClass: version.storageClass,
      ...restoreState(version, world.clock.now()),
    }),
    Owner: { ID: bucket.account },
  });
  const { entries, prefixes, next } = found;
  return xmlAnswer('ListVersionsResult', {
    ...aboutPage(call, wanted, encode),
    KeyMarker: encode(rawKeyOf(keyMarker)),
    VersionIdMarker: idMarker,
    NextKeyMarker: next === null ? null : encode(next.key),
    NextVersionIdMarker: next?.id === '' ? null : next?.id,
    IsTruncated: String(next !== null),
    Version: entries.filter(({ content }) => content !== null).map(present),
    DeleteMarker: entries.filter(({ content }) => content === null).map(present),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

type VersionPage = {
  readonly entries: ObjectVersion[];
  readonly prefixes: RawKey[];
  readonly next: { readonly key: RawKey; readonly id: string } | null;
};

type Row = { readonly version: ObjectVersion } | { readonly prefix: RawKey };

/** A page may end in the middle of a key; then the next one goes on after the version that is named. */
function versionsFrom(wanted: Wanted, keyMarker: RawKey, idMarker: string): VersionPage {
  const { bucket, limit } = wanted;
  const begun = idMarker === '' ? [] : afterVersion(bucket.versions(keyMarker), idMarker);
  const page = pageOf({ ...wanted, limit: limit + 1 }, keyMarker, (key) => key);
  const rows: Row[] = [
    ...begun.map((version) => ({ version })),
    ...[
      ...page.entries.map((key) => ({ key, isPrefix: false })),
      ...page.prefixes.map((key) => ({ key, isPrefix: true })),
    ]
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .flatMap(({ key, isPrefix }): Row[] =>
        isPrefix ? [{ prefix: key }] : bucket.versions(key).map((version) => ({ version })),
      ),
  ];
  const shown = rows.slice(0, limit);
  const end = rows.length > limit ? shown.at(-1) : undefined;
  return {
    entries: shown.flatMap((row) => ('version' in row ? [row.version] : [])),
    prefixes: shown.flatMap((row) => ('prefix' in row ? [row.prefix] : [])),
    next: end === undefined ? null : nextMarker(end),
  };
}

function nextMarker(row: Row): { key: RawKey; id: string } {
  return 'version' in row ? { key: row.version.key, id: row.version.id } : { key: row.prefix, id: '' };
}

function afterVersion(versions: readonly ObjectVersion[], id: string): readonly ObjectVersion[] {
  return versions.slice(versions.findIndex((version) => version.id === id) + 1);
}

function presentVersion(bucket: Bucket, key: RawKey): ObjectVersion | undefined {
  const version = bucket.current(key);
  return version === undefined || version.content === null ? undefined : version;
}

function presented(
  call: BucketCall,
  version: ObjectVersion,
  withOwner: boolean,
  encode: (key: RawKey) => string,
): XmlTree {
  const wantsRestore = header(call, 'x-amz-optional-object-attributes') === 'RestoreStatus';
  return {
    Key: encode(version.key),
    LastModified: isoSeconds(version.modifiedMs),
    ETag: `"${version.etag}"`,
    ChecksumAlgorithm: version.checksum?.name,
    ChecksumType: version.checksum?.type,
    Size: version.content?.size,
    Owner: withOwner ? { ID: call.bucket.account } : null,
    StorageClass: version.storageClass,
    ...(wantsRestore && restoreState(version, call.world.clock.now())),
  };
}

function aboutPage(
  { bucket, query }: BucketCall,
  { prefix, delimiter, maxKeys }: Wanted & { readonly maxKeys: number },
  encode: (key: RawKey) => string,
): XmlTree {
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? null : encode(delimiter),
    MaxKeys: maxKeys,
    EncodingType: query.get('encoding-type'),
  };
}

/** Asked for, keys come as in a form: a space as `+`, a slash as it is. */
function encoderOf(query: URLSearchParams): (key: RawKey) => string {
  const type = query.get('encoding-type');
  if (type === null) return keyText;
  if (type !== 'url') throw invalidArgument('encoding-type', type, 'Invalid Encoding Method specified in Request');
  return (key) =>
    key.replaceAll(/[^\w.*/-]/g, (unit) =>
      unit === ' ' ? '+' : `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}

function tokenOf(key: RawKey): string {
  return `1${Buffer.from(key, 'latin1').toString('base64')}`;
}

function keyInToken(token: string): RawKey {
  const key = Buffer.from(token.slice(1), 'base64').toString('latin1');
  if (!token.startsWith('1') || tokenOf(key) !== token) {
    throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
  }
  return key;
}
