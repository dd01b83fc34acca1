/** What S3 says of an object beside its content, gathered into its record. */
import { GetObjectAclCommand, GetObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { asked } from '../../aws/failures.ts';
import type { ObjectAnswer } from './fetch-object.ts';
import type { ListedObject, ObjectRecord } from './record.ts';

export type FactsWanted = { readonly tags: boolean; readonly acls: boolean };

type Tools = { readonly s3: S3Client; readonly bucket: string; readonly signal: AbortSignal };

/** AWS_FORBIDDEN where tags or grants may not be read. */
export async function moreFacts(
  { s3, bucket, signal }: Tools,
  key: string,
  { versionId }: ListedObject,
  answer: ObjectAnswer,
  wanted: FactsWanted,
): Promise<Pick<ObjectRecord, 'tags' | 'acl'>> {
  const input = { Bucket: bucket, Key: key, ...(versionId !== null && { VersionId: versionId }) };
  const facts: { tags?: [string, string][]; acl?: unknown } = {};
  // Their number comes with the object; without the right to read them it does not.
  if (wanted.tags && ('TagCount' in answer ? (answer.TagCount ?? 0) : 1) > 0) {
    const { TagSet = [] } = await asked('GetObjectTagging', () =>
      s3.send(new GetObjectTaggingCommand(input), { abortSignal: signal }),
    );
    if (TagSet.length > 0) facts.tags = TagSet.map(({ Key = '', Value = '' }) => [Key, Value]);
  }
  if (wanted.acls) {
    const { Owner, Grants } = await asked('GetObjectAcl', () =>
      s3.send(new GetObjectAclCommand(input), { abortSignal: signal }),
    );
    facts.acl = { Owner, Grants };
  }
  return facts;
}

export function recordOf(name: string, key: string, object: ListedObject, answer: ObjectAnswer | null): ObjectRecord {
  const { size, etag, lastModifiedMs, versionId, storageClass, isMarker, isLatest } = object;
  const facts = {
    name,
    key,
    size,
    etag,
    lastModified: new Date(lastModifiedMs).toISOString(),
    versionId: versionId ?? answer?.VersionId,
    old: isLatest && !isMarker ? undefined : true,
    deleteMarker: isMarker ? true : undefined,
    storageClass: storageClass ?? answer?.StorageClass,
    contentType: answer?.ContentType,
    contentEncoding: answer?.ContentEncoding,
    contentDisposition: answer?.ContentDisposition,
    contentLanguage: answer?.ContentLanguage,
    cacheControl: answer?.CacheControl,
    expires: answer?.ExpiresString,
    websiteRedirect: answer?.WebsiteRedirectLocation,
    metadata: isEmpty(answer?.Metadata) ? undefined : answer?.Metadata,
    checksums: isEmpty(checksumsIn(answer)) ? undefined : checksumsIn(answer),
    encryption: answer?.ServerSideEncryption,
    kmsKey: answer?.SSEKMSKeyId,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as ObjectRecord;
}

const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

function checksumsIn(answer: ObjectAnswer | null): Record<string, string> {
  const found = algorithms.map((name) => [name, answer?.[`Checksum${name}`]] as const);
  return Object.fromEntries(
    found.filter((entry): entry is readonly [(typeof algorithms)[number], string] => entry[1] !== undefined),
  );
}

function isEmpty(record: Readonly<Record<string, unknown>> | undefined): boolean {
  return record === undefined || Object.keys(record).length === 0;
}
