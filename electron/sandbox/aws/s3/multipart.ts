/** Uploads in parts: begun, filled, completed or given up. */
import { createHash } from 'node:crypto';
import { joined, type Content } from '../contents.ts';
import { checksumHeader, checksumOf, isChecksumName } from '../protocol/checksums.ts';
import { childrenOf, textOf, type XmlElement } from '../protocol/xml.ts';
import { Refusal, type Answer } from '../service.ts';
import { keyText, newId, type Checksum, type ObjectVersion, type Part, type Upload } from './bucket.ts';
import {
  header,
  isoSeconds,
  numberIn,
  versionHeader,
  xmlAnswer,
  xmlBody,
  type BucketCall,
  type S3Route,
} from './call.ts';
import { receive } from './payload.ts';
import { invalidArgument, malformedXml, noSuchUpload } from './refusals.ts';
import { aboutOf, checkWrite, copySource, etagOf, sumsOf } from './writing.ts';

const smallestPart = 5 * 1024 * 1024;
const mostParts = 10_000;

const inUpload = { where: 'object', query: ['uploadId'] } as const;
const part = { where: 'object', query: ['uploadId', 'partNumber'] } as const;

export const multipartRoutes: readonly S3Route[] = [
  {
    name: 'CreateMultipartUpload',
    method: 'POST',
    where: 'object',
    query: ['uploads'],
    action: 's3:PutObject',
    answer: begin,
  },
  {
    name: 'UploadPartCopy',
    method: 'PUT',
    ...part,
    header: 'x-amz-copy-source',
    action: 's3:PutObject',
    answer: copyPart,
  },
  { name: 'UploadPart', method: 'PUT', ...part, action: 's3:PutObject', answer: putPart },
  { name: 'CompleteMultipartUpload', method: 'POST', ...inUpload, action: 's3:PutObject', answer: complete },
  { name: 'AbortMultipartUpload', method: 'DELETE', ...inUpload, action: 's3:AbortMultipartUpload', answer: abort },
  { name: 'ListParts', method: 'GET', ...inUpload, action: 's3:ListMultipartUploadParts', answer: listParts },
  {
    name: 'ListMultipartUploads',
    method: 'GET',
    where: 'bucket',
    query: ['uploads'],
    action: 's3:ListBucketMultipartUploads',
    answer: listUploads,
  },
];

function begin(call: BucketCall): Answer {
  const { bucket, key, world } = call;
  const about = aboutOf(call);
  const checksum = wantedChecksum(call);
  const upload: Upload = { id: newId(), key, startedMs: world.clock.now(), about, checksum, parts: new Map() };
  bucket.uploads.set(upload.id, upload);
  const result = { Bucket: bucket.name, Key: keyText(key), UploadId: upload.id };
  return xmlAnswer('InitiateMultipartUploadResult', result, {
    ...about.encryption,
    'x-amz-checksum-algorithm': checksum?.name,
    'x-amz-checksum-type': checksum?.type,
  });
}

function wantedChecksum(call: BucketCall): Upload['checksum'] {
  const name = header(call, 'x-amz-checksum-algorithm')?.toUpperCase();
  if (name === undefined) return null;
  if (!isChecksumName(name))
    throw invalidArgument('x-amz-checksum-algorithm', name, 'Checksum algorithm is not supported');
  const type = header(call, 'x-amz-checksum-type')?.toUpperCase();
  if (name === 'CRC64NVME') return { name, type: 'FULL_OBJECT' };
  return { name, type: type === 'FULL_OBJECT' && name.startsWith('CRC') ? type : 'COMPOSITE' };
}

function uploadOf({ bucket, key, query }: BucketCall): Upload {
  const id = query.get('uploadId') ?? '';
  const upload = bucket.uploads.get(id);
  if (upload === undefined || upload.key !== key) throw noSuchUpload(id);
  return upload;
}

function partNumberOf({ query }: BucketCall): number {
  const number = numberIn(query, 'partNumber', 0);
  if (number >= 1 && number <= mostParts) return number;
  const words = 'Part number must be an integer between 1 and 10000, inclusive';
  throw invalidArgument('partNumber', String(number), words);
}

async function putPart(call: BucketCall): Promise<Answer> {
  const number = partNumberOf(call);
  const upload = uploadOf(call);
  const received = await receive(call, call.world.contents, upload.checksum?.name);
  const kept = keepPart(call, upload, number, received);
  return {
    status: 200,
    headers: {
      etag: `"${kept.etag}"`,
      [checksumHeader(kept.checksum.name)]: kept.checksum.value.toString('base64'),
      ...upload.about.encryption,
    },
  };
}

async function copyPart(call: BucketCall): Promise<Answer> {
  const number = partNumberOf(call);
  const upload = uploadOf(call);
  const source = copySource(call);
  const range = header(call, 'x-amz-copy-source-range');
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (range !== undefined && (from === undefined || Number(to) >= source.content.size)) {
    throw invalidArgument('x-amz-copy-source-range', range, 'The x-amz-copy-source-range value is not valid');
  }
  const stretch = from === undefined ? source.content.read() : source.content.read(Number(from), Number(to) + 1);
  const content = await call.world.contents.take(stretch as AsyncIterable<Buffer>);
  const name = upload.checksum?.name ?? 'CRC64NVME';
  const { md5, value } = await sumsOf(content, name);
  const kept = keepPart(call, upload, number, { content, md5, checksum: { name, value } });
  return xmlAnswer('CopyPartResult', { LastModified: isoSeconds(kept.modifiedMs), ETag: `"${kept.etag}"` });
}

/** Takes the place of one with the same number. What comes once the upload has ended is kept nowhere. */
function keepPart(
  { bucket, world }: BucketCall,
  upload: Upload,
  number: number,
  { content, md5, checksum }: Pick<Part, 'content' | 'md5' | 'checksum'>,
): Part {
  if (!bucket.uploads.has(upload.id)) {
    content.drop();
    throw noSuchUpload(upload.id);
  }
  upload.parts.get(number)?.content.drop();
  const kept: Part = { content, md5, checksum, etag: etagOf(md5, upload.about), modifiedMs: world.clock.now() };
  upload.parts.set(number, kept);
  return kept;
}

async function complete(call: BucketCall): Promise<Answer> {
  const body = await xmlBody(call, 'CompleteMultipartUpload');
  const upload = uploadOf(call);
  const { bucket, key, world } = call;
  const parts = chosenParts(upload, body);
  const content = joined(parts.map((one) => one.content.share()));
  try {
    const checksum = await checksumOfAll(call, upload, parts, content);
    checkWrite(call, bucket.current(key));
    if (!bucket.uploads.delete(upload.id)) throw noSuchUpload(upload.id);
    for (const one of upload.parts.values()) one.content.drop();
    const version = bucket.put({
      ...upload.about,
      key,
      content,
      etag: `${createHash('md5')
        .update(Buffer.concat(parts.map(({ md5 }) => md5)))
        .digest('hex')}-${parts.length}`,
      modifiedMs: world.clock.now(),
      checksum,
      parts: parts.map((one) => one.content.size),
      restored: null,
    });
    return completed(call, version);
  } catch (error) {
    content.drop();
    throw error;
  }
}

function completed(call: BucketCall, version: ObjectVersion): Answer {
  const { bucket } = call;
  const { checksum } = version;
  const result = {
    Location: `/${bucket.name}/${keyText(version.key)}`,
    Bucket: bucket.name,
    Key: keyText(version.key),
    ETag: `"${version.etag}"`,
    ...(checksum !== null && { [`Checksum${checksum.name}`]: checksum.value, ChecksumType: checksum.type }),
  };
  return xmlAnswer('CompleteMultipartUploadResult', result, { ...version.encryption, ...versionHeader(call, version) });
}

/** Throws for parts that are not there, come in another order, or are too small for any but the last place. */
function chosenParts(upload: Upload, body: XmlElement): Part[] {
  const named = childrenOf(body, 'Part').map((one) => ({
    number: Number(textOf(one, 'PartNumber')),
    etag: (textOf(one, 'ETag') ?? '').replaceAll('"', ''),
  }));
  if (named.length === 0) throw malformedXml();
  if (named.some(({ number }, at) => at > 0 && number <= (named[at - 1]?.number ?? 0))) {
    const words =
      'The list of parts was not in ascending order. The parts list must be specified in order by part number.';
    throw new Refusal(400, 'InvalidPartOrder', words);
  }
  const parts = named.map(({ number, etag }) => {
    const found = upload.parts.get(number);
    if (found !== undefined && found.etag === etag) return found;
    const words =
      'One or more of the specified parts could not be found. The part might not have been uploaded, or the specified entity tag might not have matched the part entity tag.';
    throw new Refusal(400, 'InvalidPart', words, { fields: { PartNumber: String(number), ETag: etag } });
  });
  if (parts.slice(0, -1).some(({ content }) => content.size < smallestPart)) {
    const words = 'Your proposed upload is smaller than the minimum allowed size';
    throw new Refusal(400, 'EntityTooSmall', words, { fields: { MinSizeAllowed: String(smallestPart) } });
  }
  return parts;
}

async function checksumOfAll(
  call: BucketCall,
  { checksum }: Upload,
  parts: readonly Part[],
  content: Content,
): Promise<Checksum | null> {
  const { name, type } = checksum ?? { name: 'CRC64NVME', type: 'FULL_OBJECT' };
  const value =
    type === 'COMPOSITE'
      ? `${checksumOf(name, ...parts.map((one) => one.checksum.value)).toString('base64')}-${parts.length}`
      : (await sumsOf(content, name)).value.toString('base64');
  const promised = header(call, checksumHeader(name));
  if (promised !== undefined && promised !== value) {
    throw new Refusal(400, 'BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
  return { name, type, value };
}

function abort(call: BucketCall): Answer {
  const upload = uploadOf(call);
  call.bucket.uploads.delete(upload.id);
  for (const { content } of upload.parts.values()) content.drop();
  return { status: 204 };
}

function listParts(call: BucketCall): Answer {
  const upload = uploadOf(call);
  const after = numberIn(call.query, 'part-number-marker', 0);
  const limit = Math.min(numberIn(call.query, 'max-parts', 1000), 1000);
  const rest = [...upload.parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
  const shown = rest.slice(0, limit);
  return xmlAnswer('ListPartsResult', {
    Bucket: call.bucket.name,
    Key: keyText(upload.key),
    UploadId: upload.id,
    PartNumberMarker: after,
    NextPartNumberMarker: shown.at(-1)?.[0] ?? 0,
    MaxParts: limit,
    IsTruncated: String(rest.length > shown.length),
    StorageClass: upload.about.storageClass,
    ChecksumAlgorithm: upload.checksum?.name,
    ChecksumType: upload.checksum?.type,
    Part: shown.map(([PartNumber, one]) => ({
      PartNumber,
      LastModified: isoSeconds(one.modifiedMs),
      ETag: `"${one.etag}"`,
      Size: one.content.size,
      [`Checksum${one.checksum.name}`]: one.checksum.value.toString('base64'),
    })),
  });
}

function listUploads({ bucket, query }: BucketCall): Answer {
  const prefix = query.get('prefix') ?? '';
  const limit = Math.min(numberIn(query, 'max-uploads', 1000), 1000);
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''];
  const rest = [...bucket.uploads.values()]
    .map((upload) => ({ ...upload, text: keyText(upload.key) }))
    .filter(({ text }) => text.startsWith(prefix))
    .sort((a, b) => (`${a.key}\0${a.id}` < `${b.key}\0${b.id}` ? -1 : 1))
    .filter(({ text, id }) => text > keyMarker || (text === keyMarker && idMarker !== '' && id > idMarker));
  const shown = rest.slice(0, limit);
  const isTruncated = rest.length > shown.length;
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: bucket.name,
    KeyMarker: keyMarker,
    UploadIdMarker: idMarker,
    NextKeyMarker: isTruncated ? shown.at(-1)?.text : null,
    NextUploadIdMarker: isTruncated ? shown.at(-1)?.id : null,
    MaxUploads: limit,
    IsTruncated: String(isTruncated),
    Prefix: prefix,
    Upload: shown.map(({ text, id, startedMs, about }) => ({
      Key: text,
      UploadId: id,
      Initiated: isoSeconds(startedMs),
      StorageClass: about.storageClass,
    })),
  });
}
