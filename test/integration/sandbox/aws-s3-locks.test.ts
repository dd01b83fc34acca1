import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  RestoreObjectCommand,
  CopyObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { makeAwsPlace, refusal } from '../../support/sandbox-aws.ts';

const [Bucket, Key] = ['papers', 'k'];
const dayMs = 86_400_000;
const denied = { code: 'AccessDenied', status: 403 };

async function makeBucket(s3: S3Client, ObjectLockEnabledForBucket: boolean) {
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket, CreateBucketConfiguration }));
}

const inDays = (days: number) => new Date(Date.now() + days * dayMs);

test('whether Object Lock is on can be asked, and without it nothing is locked', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3, false);
  const ask = () => s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
  expect(await refusal(ask())).toEqual({ code: 'ObjectLockConfigurationNotFoundError', status: 404 });
  const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) } as const;
  const put = new PutObjectCommand({ Bucket, Key, Body: 'x', ...lock });
  expect(await refusal(s3.send(put))).toEqual({ code: 'InvalidRequest', status: 400 });
  const Rule = { DefaultRetention: { Mode: 'COMPLIANCE', Days: 3 } } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const;
  const configure = () => s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  expect(await refusal(configure())).toEqual({ code: 'InvalidBucketState', status: 409 });
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  await configure();
  expect((await ask()).ObjectLockConfiguration).toEqual(ObjectLockConfiguration);
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key }));
  expect(Retention?.Mode).toBe('COMPLIANCE');
  const suspend = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } });
  expect(await refusal(s3.send(suspend))).toEqual({ code: 'InvalidBucketState', status: 409 });
});

test('governance is lifted by who may, compliance by nobody, and both end', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3, true);
  const put = (ObjectLockMode: 'GOVERNANCE' | 'COMPLIANCE') =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ObjectLockMode, ObjectLockRetainUntilDate: inDays(2) }));
  const { VersionId: soft } = await put('GOVERNANCE');
  const { VersionId: hard } = await put('COMPLIANCE');
  const remove = (client: S3Client, VersionId: string | undefined, BypassGovernanceRetention?: boolean) =>
    client.send(
      new DeleteObjectCommand({
        Bucket,
        Key,
        VersionId,
        ...(BypassGovernanceRetention && { BypassGovernanceRetention }),
      }),
    );
  const keys = place.user({ policy: { allow: ['s3:*'], deny: ['s3:BypassGovernanceRetention'] } });
  const other = place.s3({ credentials: { ...keys } });
  expect(await refusal(remove(s3, soft))).toEqual(denied);
  expect(await refusal(remove(other, soft, true))).toEqual(denied);
  const shorten = (VersionId: string | undefined) =>
    s3.send(
      new PutObjectRetentionCommand({
        Bucket,
        Key,
        VersionId,
        Retention: { Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) },
      }),
    );
  expect(await refusal(shorten(soft))).toEqual(denied);
  await remove(s3, soft, true);
  expect(await refusal(remove(s3, hard, true))).toEqual(denied);
  expect(await refusal(shorten(hard))).toEqual(denied);
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  place.aws.clock.advance(3 * dayMs);
  await remove(s3, hard);
});

test('a legal hold keeps a version until it is taken off', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3, true);
  const { VersionId } = await s3.send(
    new PutObjectCommand({ Bucket, Key, Body: 'x', ObjectLockLegalHoldStatus: 'ON' }),
  );
  const remove = () => s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true }));
  expect(await refusal(remove())).toEqual(denied);
  expect((await s3.send(new GetObjectLegalHoldCommand({ Bucket, Key }))).LegalHold).toEqual({ Status: 'ON' });
  await s3.send(new PutObjectLegalHoldCommand({ Bucket, Key, LegalHold: { Status: 'OFF' } }));
  await remove();
});

test('what is written with a lock has to have a checksum', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  await makeBucket(s3, true);
  const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) } as const;
  const put = new PutObjectCommand({ Bucket, Key, Body: 'x', ...lock });
  put.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      for (const name of Object.keys(headers)) if (/checksum|md5/.test(name)) delete headers[name];
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  expect(await refusal(s3.send(put))).toEqual({ code: 'InvalidRequest', status: 400 });
});

test('what is archived can be read only after a copy was asked for and has come, and for a while', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3, false);
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'cold', StorageClass: 'DEEP_ARCHIVE' }));
  const get = () => s3.send(new GetObjectCommand({ Bucket, Key }));
  const restore = (Tier: 'Expedited' | 'Standard') =>
    s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest: { Days: 2, GlacierJobParameters: { Tier } } }));
  const state = async () => (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Restore;
  expect(await refusal(get())).toEqual({ code: 'InvalidObjectState', status: 403 });
  const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` });
  expect(await refusal(s3.send(copy))).toEqual({ code: 'ObjectNotInActiveTierError', status: 403 });
  expect(await refusal(restore('Expedited'))).toEqual({ code: 'InvalidArgument', status: 400 });
  expect((await restore('Standard')).$metadata.httpStatusCode).toBe(202);
  expect(await refusal(restore('Standard'))).toEqual({ code: 'RestoreAlreadyInProgress', status: 409 });
  expect(await state()).toBe('ongoing-request="true"');
  expect(await refusal(get())).toEqual({ code: 'InvalidObjectState', status: 403 });
  place.aws.clock.advance(dayMs / 2);
  expect(await state()).toContain('ongoing-request="false", expiry-date=');
  expect(await (await get()).Body?.transformToString()).toBe('cold');
  place.aws.clock.advance(2 * dayMs);
  expect(await refusal(get())).toEqual({ code: 'InvalidObjectState', status: 403 });
  await s3.send(new PutObjectCommand({ Bucket, Key: 'warm', Body: 'warm' }));
  const needless = new RestoreObjectCommand({ Bucket, Key: 'warm', RestoreRequest: { Days: 1 } });
  expect(await refusal(s3.send(needless))).toEqual({ code: 'InvalidObjectState', status: 403 });
});
