/** The clients against the sandboxed AWS: where they go, how they wait, what a refusal becomes. */
import { CreateBucketCommand, GetObjectCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { DescribeInstancesCommand, DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { AwsClients } from '../../../electron/engine/aws/clients.ts';
import { asked } from '../../../electron/engine/aws/failures.ts';
import { home, makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';
import type { Keys } from '../../../electron/sandbox/aws/identity/identities.ts';

function clientsOf(place: AwsPlace, keys: Keys = place.keys, attempts = 3): AwsClients {
  const credentials = () => Promise.resolve({ ...keys });
  return new AwsClients({ credentials, region: home, endpoint: place.aws.endpoint }, { attempts });
}

test('one client for each service and region, at the endpoint that was given', async () => {
  await using place = await makeAwsPlace();
  using clients = clientsOf(place);
  expect(clients.ec2()).toBe(clients.ec2(home));
  expect(clients.ec2('us-east-1')).not.toBe(clients.ec2());
  await clients.s3().send(new CreateBucketCommand({ Bucket: 'here' }));
  const { Buckets = [] } = await clients.s3().send(new ListBucketsCommand());
  expect(Buckets.map(({ Name }) => Name)).toEqual(['here']);
});

test('a refusal says what was asked, by AWS code, as a failure of ours', async () => {
  await using place = await makeAwsPlace();
  using clients = clientsOf(place);
  const unknown = asked('DescribeInstances in eu-central-1', () =>
    clients.ec2().send(new DescribeInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] })),
  );
  await expect(unknown).rejects.toMatchObject({ code: 'AWS_NOT_FOUND', awsCode: 'InvalidInstanceID.NotFound' });
  const nowhere = asked('GetObject', () => clients.s3().send(new GetObjectCommand({ Bucket: 'not-there', Key: 'a' })));
  await expect(nowhere).rejects.toMatchObject({ code: 'AWS_NOT_FOUND', awsCode: 'NoSuchBucket' });
  using weak = clientsOf(place, place.user({ policy: { allow: ['s3:*'] } }));
  const forbidden = asked('DescribeVolumes', () => weak.ec2().send(new DescribeVolumesCommand({})));
  await expect(forbidden).rejects.toMatchObject({ code: 'AWS_FORBIDDEN', awsCode: 'UnauthorizedOperation' });
  using stranger = clientsOf(place, { accessKeyId: 'AKIAUNKNOWNUNKNOWN00', secretAccessKey: 'not the secret' });
  const failure: unknown = await asked('DescribeVolumes', () =>
    stranger.ec2().send(new DescribeVolumesCommand({})),
  ).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'AWS_CREDENTIAL' });
  expect(String(failure)).not.toContain('not the secret');
});

test('silence is no refusal', async () => {
  using clients = new AwsClients(
    {
      credentials: () => Promise.resolve({ accessKeyId: 'a', secretAccessKey: 'b' }),
      region: home,
      endpoint: 'http://127.0.0.1:1',
    },
    { attempts: 1 },
  );
  const call = asked('ListBuckets', () => clients.s3().send(new ListBucketsCommand()));
  await expect(call).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' });
});
