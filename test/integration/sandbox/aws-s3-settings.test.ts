import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { account, home, makeAwsPlace, refusal } from '../../support/sandbox-aws.ts';

const Bucket = 'papers';
const create = new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: home } });

test('a bucket tells where it is and how it is set', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await s3.send(create);
  expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe(home);
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  const lifecycle = () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  expect(await refusal(lifecycle())).toEqual({ code: 'NoSuchLifecycleConfiguration', status: 404 });
  const Rules = [
    { ID: 'old', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 30 } },
    {
      ID: 'left',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
  ] as const;
  const LifecycleConfiguration = { Rules: [...Rules] };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  expect((await lifecycle()).Rules).toEqual(Rules);
  const tags = () => s3.send(new GetBucketTaggingCommand({ Bucket }));
  expect(await refusal(tags())).toEqual({ code: 'NoSuchTagSet', status: 404 });
  const TagSet = [{ Key: 'team', Value: 'green' }];
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  expect((await tags()).TagSet).toEqual(TagSet);
});

test('the encryption of a bucket counts for what is written without a word on it', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await s3.send(create);
  const KMSMasterKeyID = place.aws.kms.add(account, home);
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } as const;
  const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  const asked = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
  expect(asked.ServerSideEncryptionConfiguration).toEqual(ServerSideEncryptionConfiguration);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
  expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KMSMasterKeyID });
});

test('what is not played is refused, and not taken for something else', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await s3.send(create);
  const policy = new GetBucketPolicyCommand({ Bucket });
  expect(await refusal(s3.send(policy))).toEqual({ code: 'NotImplemented', status: 501 });
});
