/** What S3 says of an object beside its content, gathered into its record. */
import { GetObjectAclCommand, GetObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { asked, AwsFailure } from '../../aws/failures.ts';
import type { ObjectAnswer } from '../../aws/object-reads.ts';
import type { ListedObject, ObjectRecord } from './record.ts';

export type FactsWanted = { readonly tags: boolean; readonly acls: boolean };

type Tools = {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly signal: AbortSignal;
  /** Once: what is true of all objects. */
  readonly onNotice: (text: string) => void;
};
type Input = { readonly Bucket: string; readonly Key: string; readonly VersionId?: string };

export class ObjectFacts {
  readonly #tools: Tools;
  readonly #wanted: FactsWanted;
  /** Whether tags may be read here at all is found out with the first object that shows none. */
  #haveTagsBeenAsked = false;

  constructor(tools: Tools, wanted: FactsWanted) {
    this.#tools = tools;
    this.#wanted = wanted;
  }

  /** AWS_FORBIDDEN where tags or grants may not be read. */
  async of(
    key: string,
    { versionId }: ListedObject,
    answer: ObjectAnswer,
  ): Promise<Pick<ObjectRecord, 'tags' | 'acl'>> {
    const input = { Bucket: this.#tools.bucket, Key: key, ...(versionId !== null && { VersionId: versionId }) };
    const tags = this.#wanted.tags ? await this.#tags(input, answer) : [];
    return { ...(tags.length > 0 && { tags: [...tags] }), ...(this.#wanted.acls && { acl: await this.#acl(input) }) };
  }

  /** Their number comes with an object that has some, to whoever may read them: so most objects cost no call. */
  async #tags(input: Input, answer: ObjectAnswer): Promise<readonly [string, string][]> {
    if ((answer.TagCount ?? 0) > 0) return this.#readTags(input);
    if (this.#haveTagsBeenAsked) return [];
    this.#haveTagsBeenAsked = true;
    return this.#readTags(input).catch((error: unknown) => {
      if (!(error instanceof AwsFailure) || error.status !== 501) throw error;
      this.#tools.onNotice('This store knows no tags of objects.');
      return [];
    });
  }

  async #readTags(input: Input): Promise<readonly [string, string][]> {
    const { s3, signal } = this.#tools;
    const { TagSet = [] } = await asked('GetObjectTagging', () =>
      s3.send(new GetObjectTaggingCommand(input), { abortSignal: signal }),
    );
    return TagSet.map(({ Key = '', Value = '' }) => [Key, Value]);
  }

  async #acl(input: Input): Promise<unknown> {
    const { s3, signal } = this.#tools;
    const { Owner, Grants } = await asked('GetObjectAcl', () =>
      s3.send(new GetObjectAclCommand(input), { abortSignal: signal }),
    );
    return { Owner, Grants };
  }
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
