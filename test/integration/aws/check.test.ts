/** What an identity may, tried right by right against the sandboxed AWS: told truly, and without a trace. */
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateSnapshotCommand, DescribeSnapshotsCommand, DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { checkRights } from '../../../electron/engine/aws/check.ts';
import { dryRuns } from '../../../electron/engine/aws/check-dry-runs.ts';
import { bucketLooks, looks, objectLooks } from '../../../electron/engine/aws/check-looks.ts';
import { AwsClients } from '../../../electron/engine/aws/clients.ts';
import { awsPurposes, awsRights, type AwsPurpose } from '../../../shared/model/aws-rights.ts';
import type { UserOptions } from '../../../electron/sandbox/aws/options.ts';
import { home, launch, makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';

const buckets = ['acme-data'];

async function makeScene(): Promise<AwsPlace> {
  const place = await makeAwsPlace();
  const { data } = await launch(place);
  await place.s3().send(new CreateBucketCommand({ Bucket: 'acme-data' }));
  const Tags = [{ Key: 'holdfast:source', Value: 'db' }];
  const TagSpecifications = [{ ResourceType: 'snapshot' as const, Tags }];
  await place.aws.ec2.writeBlock(home, data, 3, Buffer.from('a block'));
  await place.ec2().send(new CreateSnapshotCommand({ VolumeId: data, TagSpecifications }));
  place.aws.clock.advance(24 * 3_600_000);
  return place;
}

async function checked(place: AwsPlace, policy: NonNullable<UserOptions['policy']>, purpose: AwsPurpose) {
  const keys = place.user({ policy });
  const access = { credentials: () => Promise.resolve({ ...keys }), region: home, endpoint: place.aws.endpoint };
  using clients = new AwsClients(access, { attempts: 2 });
  return checkRights(clients, purpose, buckets);
}

test('whoever may everything is refused nothing, and nothing has become of it', async () => {
  await using place = await makeScene();
  const state = async () => {
    const snapshots = await place.ec2().send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
    const volumes = await place.ec2().send(new DescribeVolumesCommand({}));
    return [snapshots.Snapshots, volumes.Volumes];
  };
  const before = await state();
  for (const purpose of awsPurposes) {
    const tried = await checked(place, { allow: ['*'] }, purpose);
    expect(tried.map(({ action }) => action)).toEqual(awsRights[purpose].map(({ action }) => action));
    expect(tried.filter(({ verdict }) => verdict === 'refused')).toEqual([]);
    const allowed = tried.filter(({ verdict }) => verdict === 'allowed').map(({ action }) => action);
    if (purpose === 'protect')
      for (const action of ['DescribeInstances', 'CreateSnapshots', 'CreateTags', 'DeleteSnapshot', 'LockSnapshot'])
        expect(allowed).toContain(`ec2:${action}`);
    if (purpose === 'bucket') expect(allowed).toContain('s3:GetObjectVersion');
    if (purpose === 'off-cloud') expect(allowed).toContain('ebs:GetSnapshotBlock');
  }
  expect(await state()).toEqual(before);
});

test('whoever may nothing is refused all that could be tried', async () => {
  await using place = await makeScene();
  for (const purpose of awsPurposes) {
    const tried = await checked(place, { allow: [] }, purpose);
    // Nobody can be kept from asking who they are.
    const others = tried.filter(({ verdict, action }) => verdict === 'allowed' && !action.startsWith('sts:'));
    expect(others).toEqual([]);
    if (purpose !== 'bucket') expect(tried.some(({ verdict }) => verdict === 'refused')).toBe(true);
  }
});

test.each(['ec2:DeleteSnapshot', 'ec2:CreateTags', 'ec2:CreateSnapshots', 'ec2:DescribeVolumes'])(
  'where %s alone is missing, it alone is refused',
  async (missing) => {
    await using place = await makeScene();
    const tried = await checked(place, { allow: ['*'], deny: [missing] }, 'protect');
    const refused = tried.filter(({ verdict }) => verdict === 'refused').map(({ action }) => action);
    expect(new Set(refused)).toEqual(new Set([missing]));
  },
);

test('a bucket that may be listed but not read is told from one that may not be listed', async () => {
  await using place = await makeScene();
  const verdicts = async (deny: string[]) => {
    const tried = await checked(place, { allow: ['*'], deny }, 'bucket');
    return Object.fromEntries(tried.map(({ action, verdict }) => [action, verdict]));
  };
  expect(await verdicts(['s3:GetObject'])).toMatchObject({ 's3:ListBucket': 'allowed', 's3:GetObject': 'refused' });
  expect(await verdicts(['s3:GetObject', 's3:ListBucket'])).toMatchObject({
    's3:ListBucket': 'refused',
    's3:GetObject': 'unknown',
  });
});

test('of a trial that AWS is too busy for nothing is said, and a key that is none ends the check', async () => {
  await using place = await makeScene();
  using _busy = place.aws.fault({ operation: 'CopySnapshot' }, 'throttle');
  const tried = await checked(place, { allow: ['*'] }, 'protect');
  expect(tried.find(({ action }) => action === 'ec2:CopySnapshot')).toMatchObject({ verdict: 'unknown' });
  const nobody = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' };
  using clients = new AwsClients(
    { credentials: () => Promise.resolve(nobody), region: home, endpoint: place.aws.endpoint },
    { attempts: 1 },
  );
  await expect(checkRights(clients, 'protect', [])).rejects.toMatchObject({ code: 'AWS_CREDENTIAL' });
});

test('every call that would change something is made with DryRun', async () => {
  const inputs: unknown[] = [];
  const ec2 = { send: (command: { input: unknown }) => Promise.resolve(inputs.push(command.input)) };
  const found = { ours: 'snap-1', snapshot: 'snap-2', instance: 'i-1', volume: 'vol-1', address: null };
  for (const run of Object.values(dryRuns)) await run(ec2 as never, { ...found, networkInterface: null }, home);
  expect(inputs).toHaveLength(Object.keys(dryRuns).length);
  for (const input of inputs) expect(input).toMatchObject({ DryRun: true });
});

test('what the table says is tried has a call that tries it, and no call is without a right', () => {
  const tried = awsPurposes.flatMap((purpose) => awsRights[purpose]).filter(({ trial }) => trial !== 'none');
  const known = { ...dryRuns, ...looks, ...bucketLooks, ...objectLooks };
  for (const { action, scope } of tried) {
    // Only what a restore has made: there is nothing of that to try it with.
    if (scope === 'restored') continue;
    expect(known[`${action} ${scope}`] ?? known[action], action).toBeDefined();
  }
  const names = new Set(tried.flatMap(({ action, scope }) => [action, `${action} ${scope}`]));
  expect(Object.keys(known).filter((name) => !names.has(name))).toEqual([]);
});
