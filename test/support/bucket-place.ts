/** A bucket on a sandboxed AWS as the place of a repository. */
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Keys } from '../../electron/sandbox/aws/identity/identities.ts';
import type { BackendAccess } from '../../electron/engine/repository/backend/access.ts';
import { openS3Backend } from '../../electron/engine/repository/backend/s3/s3-backend.ts';
import { parseLocation } from '../../shared/model/location.ts';
import type { AccessSettings } from '../../shared/model/repository-access.ts';
import type { BackendUnderTest } from './backend-contract.ts';
import { home, makeAwsPlace, type AwsPlace } from './sandbox-aws.ts';

export type BucketUnderTest = BackendUnderTest & {
  readonly place: AwsPlace;
  readonly s3: S3Client;
  readonly location: string;
  /** Settings that `openBackend` takes for it, with what else is wanted. */
  access(settings?: AccessSettings, keys?: Keys): BackendAccess;
};

export const bucketName = 'office';

export type BucketOptions = {
  readonly settings?: AccessSettings;
  /** With Object Lock, and so with versions. */
  readonly locks?: boolean;
  /** Where in the bucket; the whole of it by default. */
  readonly prefix?: string;
};

export async function makeBucketPlace({
  settings,
  locks = false,
  prefix = '',
}: BucketOptions = {}): Promise<BucketUnderTest> {
  const place = await makeAwsPlace();
  // As stores take it that know no checksums.
  const s3 = place.s3({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  await s3.send(
    new CreateBucketCommand({
      Bucket: bucketName,
      CreateBucketConfiguration: { LocationConstraint: home },
      ...(locks ? { ObjectLockEnabledForBucket: true } : {}),
    }),
  );
  const location = `s3:${place.aws.endpoint}/${bucketName}${prefix === '' ? '' : `/${prefix}`}`;
  const access: BucketUnderTest['access'] = (more = {}, keys = place.keys) => ({
    settings: { region: home, accessKeyId: keys.accessKeyId, ...more },
    secret: (name) => Promise.resolve(name === 'secret-access-key' ? keys.secretAccessKey : null),
  });
  const parsed = parseLocation(location);
  if (parsed.kind !== 's3') throw new Error('a bucket was meant');
  const below = prefix === '' ? '' : `${prefix}/`;
  return {
    place,
    s3,
    location,
    access,
    backend: await openS3Backend(parsed, access(settings)),
    putStranger: async (path, content) => {
      await s3.send(new PutObjectCommand({ Bucket: bucketName, Key: `${below}${path}`, Body: content }));
    },
    paths: async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucketName }));
      return Contents.map(({ Key = '' }) => Key.slice(below.length)).toSorted();
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}
