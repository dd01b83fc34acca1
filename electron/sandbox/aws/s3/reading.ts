/** Objects as they are read: whole, by ranges and parts, on conditions. */
import { checksumHeader } from '../protocol/checksums.ts';
import { type XmlTree } from '../protocol/xml.ts';
import { Refusal, type Answer, type Asked } from '../service.ts';
import { archiveHeaders, isArchived } from './archive.ts';
import { type ObjectVersion } from './bucket.ts';
import { demandVersion, header, numberIn, versionHeader, xmlAnswer, type BucketCall, type S3Route } from './call.ts';
import { lockHeaders } from './locks.ts';
import { invalidObjectState, preconditionFailed } from './refusals.ts';

export const ofVersion =
  (action: string) =>
  ({ query }: Asked): string =>
    query.has('versionId') ? `${action}Version` : action;

export const readingRoutes: readonly S3Route[] = [
  {
    name: 'GetObjectAttributes',
    method: 'GET',
    where: 'object',
    query: ['attributes'],
    action: ofVersion('s3:GetObject'),
    answer: attributes,
  },
  { name: 'GetObject', method: 'GET', where: 'object', action: ofVersion('s3:GetObject'), answer: get },
  { name: 'HeadObject', method: 'HEAD', where: 'object', action: ofVersion('s3:GetObject'), answer: get },
];

type Stretch = { readonly start: number; readonly end: number; readonly isPart: boolean };

function get(call: BucketCall): Answer {
  refuseCustomerKeys(call);
  const version = demandVersion(call);
  const { content } = version;
  if (content === null) throw new Error('a marker has no contents');
  const now = call.world.clock.now();
  if (call.method === 'GET' && isArchived(version, now)) throw invalidObjectState(version.storageClass);
  const headers = { ...headersOf(call, version), ...archiveHeaders(version, now) };
  const same = conditionsOf(call, version);
  if (same === 'not-modified')
    return { status: 304, headers: { etag: headers['etag'], ...versionHeader(call, version) } };
  const stretch = stretchOf(call, version, content.size);
  const isWhole = stretch.start === 0 && stretch.end === content.size;
  return {
    status: stretch.isPart ? 206 : 200,
    headers: {
      ...headers,
      ...(isWhole && checksumHeaders(call, version)),
      'content-length': String(stretch.end - stretch.start),
      ...(stretch.isPart && { 'content-range': `bytes ${stretch.start}-${stretch.end - 1}/${content.size}` }),
    },
    body: content.read(stretch.start, stretch.end),
  };
}

export function refuseCustomerKeys(call: BucketCall): void {
  if (header(call, 'x-amz-server-side-encryption-customer-algorithm') === undefined) return;
  throw new Refusal(403, 'AccessDenied', 'Server-side encryption with customer-provided keys (SSE-C) is blocked.');
}

function headersOf(call: BucketCall, version: ObjectVersion): Record<string, string | undefined> {
  const replaced = Object.fromEntries(
    ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding']
      .map((name) => [name, call.query.get(`response-${name}`)] as const)
      .filter(([, value]) => value !== null),
  ) as Record<string, string>;
  return {
    'accept-ranges': 'bytes',
    etag: `"${version.etag}"`,
    'last-modified': new Date(version.modifiedMs).toUTCString(),
    ...version.headers,
    ...version.encryption,
    ...replaced,
    ...versionHeader(call, version),
    ...lockHeaders(version),
    ...(version.tags.length > 0 && { 'x-amz-tagging-count': String(version.tags.length) }),
    ...(call.query.has('partNumber') &&
      version.parts !== null && { 'x-amz-mp-parts-count': String(version.parts.length) }),
  };
}

function checksumHeaders(call: BucketCall, { checksum }: ObjectVersion): Record<string, string> {
  if (checksum === null || header(call, 'x-amz-checksum-mode')?.toUpperCase() !== 'ENABLED') return {};
  return { [checksumHeader(checksum.name)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** RFC 9110, 13.2.2: what is said of ETags goes before what is said of times. Throws for what does not hold. */
export function conditionsOf(call: Asked, version: ObjectVersion): 'not-modified' | 'fine' {
  const [match, noneMatch] = [header(call, 'if-match'), header(call, 'if-none-match')];
  const [since, unmodified] = [header(call, 'if-modified-since'), header(call, 'if-unmodified-since')];
  const seconds = Math.floor(version.modifiedMs / 1000) * 1000;
  if (match !== undefined) {
    if (!isNamed(match, version)) throw preconditionFailed('If-Match');
  } else if (unmodified !== undefined && seconds > Date.parse(unmodified)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (noneMatch !== undefined) return isNamed(noneMatch, version) ? 'not-modified' : 'fine';
  return since !== undefined && seconds <= Date.parse(since) ? 'not-modified' : 'fine';
}

export function isNamed(tags: string, { etag }: ObjectVersion): boolean {
  return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replaceAll('"', '') === etag);
}

function stretchOf(call: BucketCall, version: ObjectVersion, size: number): Stretch {
  const range = header(call, 'range');
  if (call.query.has('partNumber')) return partStretch(numberIn(call.query, 'partNumber', 1), version, size);
  const whole = { start: 0, end: size, isPart: false };
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === '' && to === '') return whole;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  if (start >= size || (from === '' && Number(to) === 0)) throw invalidRange(range ?? '', size);
  return end <= start ? whole : { start, end, isPart: true };
}

function partStretch(number: number, { parts }: ObjectVersion, size: number): Stretch {
  const sizes = parts ?? [size];
  if (number < 1 || number > sizes.length) {
    throw new Refusal(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable');
  }
  const start = sizes.slice(0, number - 1).reduce((sum, one) => sum + one, 0);
  return { start, end: start + (sizes[number - 1] ?? 0), isPart: true };
}

function invalidRange(range: string, size: number): Refusal {
  return new Refusal(416, 'InvalidRange', 'The requested range is not satisfiable', {
    fields: { RangeRequested: range, ActualObjectSize: String(size) },
    headers: { 'content-range': `bytes */${size}` },
  });
}

function attributes(call: BucketCall): Answer {
  const version = demandVersion(call);
  const wanted = new Set((header(call, 'x-amz-object-attributes') ?? '').split(',').map((name) => name.trim()));
  const { checksum, parts } = version;
  const all: Record<string, XmlTree[string]> = {
    ETag: version.etag,
    Checksum: checksum === null ? null : { [`Checksum${checksum.name}`]: checksum.value, ChecksumType: checksum.type },
    ObjectParts:
      parts === null
        ? null
        : {
            PartsCount: parts.length,
            IsTruncated: 'false',
            Part: parts.map((Size, at) => ({ PartNumber: at + 1, Size })),
          },
    StorageClass: version.storageClass,
    ObjectSize: version.content?.size,
  };
  const asked = Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name)));
  const modified = new Date(version.modifiedMs).toUTCString();
  return xmlAnswer('GetObjectAttributesResponse', asked, {
    ...versionHeader(call, version),
    'last-modified': modified,
  });
}
