import { Agent } from 'node:http';
import { CreateSnapshotCommand, DescribeSnapshotsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs';
import { CreateBucketCommand, GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import {
  account,
  home,
  launch,
  makeAwsPlace,
  otherAccount,
  refusal,
  type AwsPlace,
} from '../../support/sandbox-aws.ts';

const hourMs = 3_600_000;

/** What each service says to the same credentials. */
async function saidTo(
  place: AwsPlace,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
) {
  return [
    await refusal(place.s3({ credentials }).send(new ListBucketsCommand())),
    await refusal(place.ec2({ credentials }).send(new DescribeVpcsCommand())),
    await refusal(place.sts({ credentials }).send(new GetCallerIdentityCommand())),
    await refusal(place.ebs({ credentials }).send(new ListSnapshotBlocksCommand({ SnapshotId: 'snap-1' }))),
  ].map(({ code, status }) => `${code} ${status}`);
}

test('every service verifies signatures, and refuses in its own words', async () => {
  await using place = await makeAwsPlace();
  const { keys } = place;
  expect(await saidTo(place, { ...keys, secretAccessKey: 'wrong' })).toEqual([
    'SignatureDoesNotMatch 403',
    'AuthFailure 401',
    'SignatureDoesNotMatch 403',
    'InvalidSignatureException 403',
  ]);
  expect(await saidTo(place, { ...keys, accessKeyId: 'AKIANOBODY' })).toEqual([
    'InvalidAccessKeyId 403',
    'AuthFailure 401',
    'InvalidClientTokenId 403',
    'UnrecognizedClientException 403',
  ]);
  place.aws.revoke(keys.accessKeyId);
  expect((await saidTo(place, keys))[0]).toBe('InvalidAccessKeyId 403');
  expect((await fetch(`${place.aws.endpoint}/`)).status).toBe(403);
});

test('a clock that is wrong is refused, and the client sets itself right', async () => {
  await using place = await makeAwsPlace();
  place.aws.skew(hourMs);
  expect(await saidTo(place, place.keys)).toEqual([
    'RequestTimeTooSkewed 403',
    'RequestExpired 400',
    'RequestTimeTooSkewed 403',
    'InvalidSignatureException 403',
  ]);
  await place.s3({ maxAttempts: 2 }).send(new ListBucketsCommand());
  place.aws.skew(-hourMs);
  expect((await saidTo(place, place.keys))[0]).toBe('RequestTimeTooSkewed 403');
});

test('time that is moved ends sessions, and puts no clock wrong', async () => {
  await using place = await makeAwsPlace();
  const RoleArn = place.aws.addRole(account, 'reader');
  const assume = { RoleArn, RoleSessionName: 'drill', DurationSeconds: 900 };
  const { Credentials } = await place.sts().send(new AssumeRoleCommand(assume));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const who = await place.sts({ credentials }).send(new GetCallerIdentityCommand());
  expect(who.Arn).toBe(`arn:aws:sts::${account}:assumed-role/reader/drill`);
  await place.s3({ credentials }).send(new ListBucketsCommand());
  expect((await saidTo(place, { ...credentials, sessionToken: 'other' }))[0]).toBe('InvalidToken 400');
  place.aws.clock.advance(hourMs);
  expect(await saidTo(place, credentials)).toEqual([
    'ExpiredToken 400',
    'RequestExpired 400',
    'ExpiredToken 403',
    'ExpiredTokenException 403',
  ]);
  expect(await place.sts().send(new GetCallerIdentityCommand())).toMatchObject({ Account: account });
});

test('a role is taken on with its external id, and with a second factor where it wants one', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const mfa = { serial: `arn:aws:iam::${account}:mfa/phone`, code: '123456' };
  const sts = place.sts({ credentials: { ...place.user({ mfa }) } });
  const policy = { allow: ['ec2:Describe*'] };
  const RoleArn = aws.addRole(otherAccount, 'backup', { trusts: [account], externalId: 'x-1', needsMfa: true, policy });
  const assume = (more: Partial<AssumeRoleCommandInput>) =>
    sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'nightly', ...more }));
  const denied = { code: 'AccessDenied', status: 403 };
  const factor = { SerialNumber: mfa.serial, TokenCode: mfa.code };
  expect(await refusal(assume(factor))).toEqual(denied);
  expect(await refusal(assume({ ...factor, ExternalId: 'x-2' }))).toEqual(denied);
  expect(await refusal(assume({ ExternalId: 'x-1' }))).toEqual(denied);
  expect(await refusal(assume({ ...factor, ExternalId: 'x-1', TokenCode: '000000' }))).toEqual(denied);
  const stranger = place.sts({ credentials: { ...place.user({}, '777788889999') } });
  const theirs = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'nightly', ExternalId: 'x-1' });
  expect(await refusal(stranger.send(theirs))).toEqual(denied);
  const { AssumedRoleUser } = await assume({ ...factor, ExternalId: 'x-1' });
  expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${otherAccount}:assumed-role/backup/nightly`);
});

test('a trial says whether something is allowed, and does nothing', async () => {
  await using place = await makeAwsPlace();
  const { data } = await launch(place);
  const keys = place.user({ policy: { allow: ['ec2:*'], deny: ['ec2:CreateSnap*'] } });
  const [may, mayNot] = [place.ec2(), place.ec2({ credentials: { ...keys } })];
  const attempt = () => new CreateSnapshotCommand({ VolumeId: data, DryRun: true });
  expect(await refusal(may.send(attempt()))).toEqual({ code: 'DryRunOperation', status: 412 });
  expect(await refusal(mayNot.send(attempt()))).toEqual({ code: 'UnauthorizedOperation', status: 403 });
  expect((await may.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots).toEqual([]);
});

test('what is not allowed is denied in the words of each service', async () => {
  await using place = await makeAwsPlace();
  expect(await saidTo(place, place.user({ policy: { allow: ['sts:GetCallerIdentity'] } })).catch(String)).toContain(
    'not refused',
  );
  const credentials = place.user({ policy: { allow: [] } });
  const RoleArn = place.aws.addRole(account, 'reader');
  expect([
    await refusal(place.s3({ credentials }).send(new ListBucketsCommand())),
    await refusal(place.ec2({ credentials }).send(new DescribeVpcsCommand())),
    await refusal(place.ebs({ credentials }).send(new ListSnapshotBlocksCommand({ SnapshotId: 'snap-1' }))),
    await refusal(place.sts({ credentials }).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'xx' }))),
  ]).toEqual([
    { code: 'AccessDenied', status: 403 },
    { code: 'UnauthorizedOperation', status: 403 },
    { code: 'AccessDeniedException', status: 403 },
    { code: 'AccessDenied', status: 403 },
  ]);
});

test('a bucket is found by the name of the host too', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3({
    endpoint: place.aws.hostEndpoint,
    forcePathStyle: false,
    requestHandler: {
      httpAgent: new Agent({ lookup: (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]) }),
    },
  });
  const Bucket = 'in-the-host';
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: home } }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a/../b c', Body: 'x' }));
  const { Body } = await place.s3().send(new GetObjectCommand({ Bucket, Key: 'a/../b c' }));
  expect(await Body?.transformToString()).toBe('x');
  expect(place.aws.log.find(({ operation }) => operation === 'PutObject')?.path).toBe('/a/../b%20c?x-id=PutObject');
});
