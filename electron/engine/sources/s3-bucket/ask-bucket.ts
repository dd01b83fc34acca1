/** Whether a bucket can be protected now, asked of S3 without changing anything. */
import {
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { AwsAccess } from '../../aws/access.ts';
import { asked, AwsFailure } from '../../aws/failures.ts';
import { s3Client } from '../../aws/s3-client.ts';
import type { BucketWanted } from './capture.ts';

export type BucketAnswer = {
  /** After its name. */
  readonly words: string;
  /** What may not be read, each in a sentence. */
  readonly mayNotSee: readonly string[];
};

type Asked = Pick<BucketWanted, 'bucket' | 'prefix' | 'versions' | 'objectTags' | 'acls'>;

/** AWS_… */
export async function askBucket(access: AwsAccess, wanted: Asked, signal: AbortSignal): Promise<BucketAnswer> {
  const s3 = s3Client(access, { attempts: 3 });
  try {
    return await answerOf(s3, wanted, signal);
  } finally {
    s3.destroy();
  }
}

async function answerOf(s3: S3Client, wanted: Asked, signal: AbortSignal): Promise<BucketAnswer> {
  const options = { abortSignal: signal };
  const { bucket: Bucket, prefix: Prefix } = wanted;
  const listed = await asked(`ListObjectsV2 of ${Bucket}`, () =>
    s3.send(new ListObjectsV2Command({ Bucket, ...(Prefix !== '' && { Prefix }), MaxKeys: 1 }), options),
  );
  const mayNotSee: string[] = [];
  const versioning = await may(mayNotSee, 'whether it keeps versions (GetBucketVersioning)', () =>
    s3.send(new GetBucketVersioningCommand({ Bucket }), options),
  );
  const [first] = listed.Contents ?? [];
  if (first?.Key !== undefined) await askObject(s3, { Bucket, Key: first.Key }, wanted, mayNotSee, options);
  const holds = first === undefined ? 'answers, and is empty' : 'answers, and holds objects';
  const keeps = versioning?.Status === 'Enabled' ? '; it keeps versions' : '';
  const without = keeps !== '' && !wanted.versions ? ', of which those that are no longer current are left out' : '';
  return { words: `${holds}${keeps}${without}`, mayNotSee };
}

async function askObject(
  s3: S3Client,
  input: { readonly Bucket: string; readonly Key: string },
  { objectTags, acls }: Asked,
  mayNotSee: string[],
  options: { readonly abortSignal: AbortSignal },
): Promise<void> {
  await may(mayNotSee, 'objects (GetObject)', () => s3.send(new HeadObjectCommand(input), options));
  if (objectTags)
    await may(mayNotSee, 'tags of objects (GetObjectTagging)', () =>
      s3.send(new GetObjectTaggingCommand(input), options),
    );
  if (acls)
    await may(mayNotSee, 'grants of objects (GetObjectAcl)', () => s3.send(new GetObjectAclCommand(input), options));
}

/** Null where it may not be asked, or this store does not know it; anything else is thrown. */
async function may<Answer>(mayNotSee: string[], what: string, call: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked(what, call);
  } catch (error) {
    if (!(error instanceof AwsFailure) || error.awsCode === null) throw error;
    mayNotSee.push(`What may not be read: ${what}, which was answered with ${error.awsCode}.`);
    return null;
  }
}
