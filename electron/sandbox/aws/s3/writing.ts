/** Objects as they are written: put whole, or copied from another one. */
import { createHash, randomBytes } from 'node:crypto';
import { isoSeconds, header, versionHeader, xmlAnswer, type BucketCall, type S3Route } from './call.ts';
import { checksumHeader, isChecksumName, startChecksum, type ChecksumName } from '../protocol/checksums.ts';
import { Refusal, type Answer, type Asked } from '../service.ts';
import { type Content } from '../contents.ts';
import { isArchived, storageClassFrom } from './archive.ts';
import { keyText, rawKeyOf, type Bucket, type ObjectVersion, type Upload } from './bucket.ts';
import { asksForLock, locksOf } from './locks.ts';
import { promisesChecksum, receive } from './payload.ts';
import { isNamed, refuseCustomerKeys } from './reading.ts';
import {
  accessDenied,
  invalidArgument,
  invalidRequest,
  noSuchBucket,
  noSuchKey,
  noSuchVersion,
  preconditionFailed,
} from './refusals.ts';

export const writingRoutes: readonly S3Route[] = [
  {
    name: 'CopyObject',
    method: 'PUT',
    where: 'object',
    header: 'x-amz-copy-source',
    action: 's3:PutObject',
    answer: copy,
  },
  { name: 'PutObject', method: 'PUT', where: 'object', action: 's3:PutObject', answer: put },
];

export type About = Upload['about'];

async function put(call: BucketCall): Promise<Answer> {
  const { bucket, key, world } = call;
  const about = aboutOf(call);
  if (asksForLock(call) && !promisesChecksum(call)) {
    const words =
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters';
    throw invalidRequest(words);
  }
  checkWrite(call, bucket.current(key));
  const { content, md5, checksum } = await receive(call, world.contents);
  try {
    checkWrite(call, bucket.current(key));
  } catch (error) {
    content.drop();
    throw error;
  }
  const sum = { name: checksum.name, value: checksum.value.toString('base64'), type: 'FULL_OBJECT' as const };
  const version = bucket.put({
    ...about,
    key,
    content,
    etag: etagOf(md5, about),
    modifiedMs: world.clock.now(),
    checksum: sum,
    parts: null,
    restored: null,
  });
  return {
    status: 200,
    headers: {
      etag: `"${version.etag}"`,
      [checksumHeader(sum.name)]: sum.value,
      'x-amz-checksum-type': sum.type,
      ...about.encryption,
      ...versionHeader(call, version),
    },
  };
}

/** Only without a key of KMS is it the MD5 of what was written. */
export function etagOf(md5: Buffer, { encryption }: Pick<About, 'encryption'>): string {
  const isMd5 = encryption['x-amz-server-side-encryption'] === 'AES256';
  return (isMd5 ? md5 : randomBytes(16)).toString('hex');
}

/** Throws where what is there is not as the caller demands. */
export function checkWrite(call: Asked, current: ObjectVersion | undefined): void {
  const [match, noneMatch] = [header(call, 'if-match'), header(call, 'if-none-match')];
  const there = current === undefined || current.content === null ? undefined : current;
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new Refusal(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented', {
      fields: { Header: 'If-None-Match' },
    });
  }
  if (noneMatch === '*' && there !== undefined) throw preconditionFailed('If-None-Match');
  if (match === undefined) return;
  if (there === undefined) throw noSuchKey(current === undefined ? '' : keyText(current.key));
  if (!isNamed(match, there)) throw preconditionFailed('If-Match');
}

const kept =
  /^(?:content-(?:type|language|disposition|encoding)|cache-control|expires|x-amz-website-redirect-location|x-amz-meta-.+)$/;
const largestMetadata = 2048;

/** What the headers of a write say of the version. */
export function aboutOf(call: BucketCall): About {
  refuseCustomerKeys(call);
  const tags = [...new URLSearchParams(header(call, 'x-amz-tagging') ?? '')];
  if (tags.length > 0 && !call.may('s3:PutObjectTagging')) throw accessDenied();
  return {
    headers: keptHeaders(call),
    storageClass: storageClassFrom(header(call, 'x-amz-storage-class')),
    encryption: encryptionOf(call),
    tags,
    ...locksOf(call),
  };
}

function keptHeaders(call: BucketCall): Record<string, string> {
  const found: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  let metadata = 0;
  for (const name of Object.keys(call.headers)) {
    const value = header(call, name) ?? '';
    if (!kept.test(name)) continue;
    if (name.startsWith('x-amz-meta-')) metadata += name.length - 'x-amz-meta-'.length + value.length;
    const plain =
      name === 'content-encoding'
        ? value
            .split(/, */)
            .filter((one) => one !== 'aws-chunked')
            .join(', ')
        : value;
    if (plain !== '' || name.startsWith('x-amz-meta-')) found[name] = plain;
  }
  if (metadata > largestMetadata) {
    const words = 'Your metadata headers exceed the maximum allowed metadata size';
    throw new Refusal(400, 'MetadataTooLarge', words);
  }
  return found;
}

function encryptionOf(call: BucketCall): Record<string, string> {
  const { bucket, world, caller } = call;
  const asked = header(call, 'x-amz-server-side-encryption');
  const algorithm = asked ?? bucket.encryption['x-amz-server-side-encryption'] ?? 'AES256';
  const keyHeader = 'x-amz-server-side-encryption-aws-kms-key-id';
  const named = header(call, keyHeader) ?? (asked === undefined ? bucket.encryption[keyHeader] : undefined);
  if (algorithm === 'AES256') return { 'x-amz-server-side-encryption': 'AES256' };
  if (algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse') {
    throw invalidArgument(
      'x-amz-server-side-encryption',
      algorithm,
      'The encryption method specified is not supported',
    );
  }
  const usual = `arn:aws:kms:${bucket.region}:${bucket.account}:alias/aws/s3`;
  if (named === undefined) return { 'x-amz-server-side-encryption': algorithm, [keyHeader]: usual };
  const key = world.kms.find(named, caller.account, bucket.region);
  if (key === null) throw new Refusal(400, 'KMS.NotFoundException', `Key '${named}' does not exist`);
  if (!key.isUsable) throw new Refusal(400, 'KMS.DisabledException', `${key.arn} is disabled.`);
  return { 'x-amz-server-side-encryption': algorithm, [keyHeader]: key.arn };
}

/** What `x-amz-copy-source` names. Throws for what may not be read, is not there or is archived. */
export function copySource(call: BucketCall): {
  readonly bucket: Bucket;
  readonly version: ObjectVersion;
  readonly content: Content;
} {
  const named = header(call, 'x-amz-copy-source') ?? '';
  const at = named.indexOf('?versionId=');
  const path = at === -1 ? named : named.slice(0, at);
  const id = at === -1 ? null : named.slice(at + '?versionId='.length);
  const [name = '', ...rest] = decodeURIComponent(path).replace(/^\//, '').split('/');
  const [bucket, text] = [call.world.buckets.get(name), rest.join('/')];
  if (bucket === undefined) throw noSuchBucket(name);
  const action = id === null ? 's3:GetObject' : 's3:GetObjectVersion';
  if (bucket.account !== call.caller.account || !call.may(action)) throw accessDenied();
  const key = rawKeyOf(text);
  const version = id === null ? bucket.current(key) : bucket.version(key, id);
  if (version === undefined) throw id === null ? noSuchKey(text) : noSuchVersion(text, id);
  if (version.content === null) {
    if (id === null) throw noSuchKey(text);
    throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.');
  }
  if (isArchived(version, call.world.clock.now())) {
    const words = 'The source object of the COPY operation is not in the active tier.';
    throw new Refusal(403, 'ObjectNotInActiveTierError', words);
  }
  checkSource(call, version);
  return { bucket, version, content: version.content };
}

function checkSource(call: BucketCall, version: ObjectVersion): void {
  const match = header(call, 'x-amz-copy-source-if-match');
  const noneMatch = header(call, 'x-amz-copy-source-if-none-match');
  if (match !== undefined && !isNamed(match, version)) throw preconditionFailed('x-amz-copy-source-If-Match');
  if (noneMatch !== undefined && isNamed(noneMatch, version))
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
}

/** The copy is one piece, so that the ETag of what was uploaded in parts does not stay. */
async function copy(call: BucketCall): Promise<Answer> {
  const { bucket, key, world } = call;
  const source = copySource(call);
  const replaces = header(call, 'x-amz-metadata-directive')?.toUpperCase() === 'REPLACE';
  const given = aboutOf(call);
  const changes =
    replaces ||
    header(call, 'x-amz-storage-class') !== undefined ||
    header(call, 'x-amz-server-side-encryption') !== undefined;
  const isItself = source.bucket === bucket && source.version === bucket.current(key);
  if (isItself && !changes) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const about: About = {
    ...given,
    headers: replaces ? given.headers : source.version.headers,
    tags: header(call, 'x-amz-tagging-directive')?.toUpperCase() === 'REPLACE' ? given.tags : source.version.tags,
  };
  const content = source.content.share();
  const wanted = header(call, 'x-amz-checksum-algorithm')?.toUpperCase() ?? '';
  const name = isChecksumName(wanted) ? wanted : (source.version.checksum?.name ?? 'CRC64NVME');
  const { md5, value } = await sumsOf(content, name);
  checkWrite(call, bucket.current(key));
  const checksum = { name, value: value.toString('base64'), type: 'FULL_OBJECT' as const };
  const etag = etagOf(md5, about);
  const modifiedMs = world.clock.now();
  const version = bucket.put({ ...about, key, content, etag, modifiedMs, checksum, parts: null, restored: null });
  const result = { LastModified: isoSeconds(modifiedMs), ETag: `"${etag}"`, [`Checksum${name}`]: checksum.value };
  return xmlAnswer('CopyObjectResult', result, {
    ...about.encryption,
    ...versionHeader(call, version),
    'x-amz-copy-source-version-id': source.version.id === 'null' ? undefined : source.version.id,
  });
}

export async function sumsOf(
  content: Content,
  name: ChecksumName,
): Promise<{ readonly md5: Buffer; readonly value: Buffer }> {
  const [md5, running] = [createHash('md5'), startChecksum(name)];
  for await (const piece of content.read() as AsyncIterable<Buffer>) {
    md5.update(piece);
    running.update(piece);
  }
  return { md5: md5.digest(), value: running.digest() };
}
