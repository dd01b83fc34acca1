/** Drills of buckets, instances and Git repositories: what they ask of others, and that nothing but their own is changed. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListMultipartUploadsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { drillSchema, type Drill } from '../../../shared/contract/drills.ts';
import { allInstances, allVolumes } from '../../support/aws-restore.ts';
import { bucket, createBucket, putObject } from '../../support/bucket.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeNativeScene, type NativeScene } from '../../support/native-scene.ts';
import { launch } from '../../support/sandbox-aws.ts';
import { makeUpstream } from '../../support/upstream.ts';
import type { Workspace } from '../../support/workspace.ts';

const scratch = 'drills-of-2031';

/** What was asked since, reading and trials aside. */
function changesSince({ aws }: NativeScene, before: number) {
  return aws.log
    .slice(before)
    .filter(
      ({ operation, isTrial }) => !isTrial && operation !== null && !/^(?:Describe|List|Get|Head)/.test(operation),
    );
}

function expectNothingLeft({ home }: Workspace): void {
  const folder = join(home, 'holdfast', 'drills');
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
}

const resultsOf = ({ checks }: Drill) => checks.map(({ id, result }) => `${id} ${result}`);

test('objects go below a prefix of the scratch bucket, and from there', { timeout: 120_000 }, async () => {
  await using scene = await makeNativeScene();
  const { workspace, aws } = scene;
  for (const name of [bucket, scratch]) await createBucket(scene, name);
  for (let at = 0; at < 12; at++) await putObject(scene, bucket, `folder/${at}`, 'x'.repeat(1024));
  await putObject(scene, scratch, 'of somebody else');
  await scene.done('source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`);
  await scene.done('protect', 'photos');
  const run = ['drill', 'run', 'photos', '--sample', '4KiB', '--json'];

  const toFolder = (await scene.done(...run)).json(drillSchema);
  expect(toFolder).toMatchObject({ state: 'passed', place: 'folder', items: 4, wholeItems: 12, left: 0 });

  await scene.done('setting', 'set', 'drills.bucket', scratch);
  const before = aws.log.length;
  const drill = (await scene.done(...run)).json(drillSchema);
  expect(drill).toMatchObject({ state: 'passed', place: 'bucket', items: 4, left: 0 });
  expect(resultsOf(drill)).toEqual(['manifest good', 'count good']);
  const changes = changesSince(scene, before);
  expect(changes.filter(({ operation }) => operation === 'PutObject')).toHaveLength(4);
  for (const { operation, path } of changes)
    expect(path, operation ?? '').toContain(
      operation === 'DeleteObjects' ? `/${scratch}/?delete=` : `/${scratch}/holdfast-drill/${drill.id}/`,
    );
  const { Versions = [] } = await scene.s3().send(new ListObjectVersionsCommand({ Bucket: scratch }));
  expect(Versions.map(({ Key }) => Key)).toEqual(['of somebody else']);
  const { Uploads = [] } = await scene.s3().send(new ListMultipartUploadsCommand({ Bucket: scratch }));
  expect(Uploads).toEqual([]);

  await scene.done('setting', 'set', 'drills.bucket', bucket);
  const refused = (await scene.run(...run)).json(drillSchema);
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'DRILL_NOT_ISOLATED' } });
  expectNothingLeft(workspace);
});

test('an instance is launched with no way in or out, checked, and ended', { timeout: 120_000 }, async () => {
  await using scene = await makeNativeScene();
  scene.aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
  const { id } = await launch(scene);
  await scene.addSource('web', `instance=${id}`);
  await scene.done('protect', 'web');
  // What AWS has completed is counted.
  await scene.done('run', '--due');
  const groups = async () => (await scene.ec2().send(new DescribeSecurityGroupsCommand({}))).SecurityGroups ?? [];
  const [volumes, groupsBefore, before] = [await allVolumes(scene), await groups(), scene.aws.log.length];

  const drill = (await scene.done('drill', 'run', 'web', '--json')).json(drillSchema);
  expect(drill).toMatchObject({
    state: 'passed',
    place: 'instance',
    left: 0,
    isWhole: true,
    rto: { basis: 'measured' },
  });
  expect(resultsOf(drill)).toEqual(['instance good']);
  const changes = changesSince(scene, before);
  expect(changes.map(({ operation }) => operation)).toContain('RunInstances');
  // Whatever is not made by it carries its own id, and none of it is named by any call.
  expect(changes.filter(({ path }) => path.includes(id))).toEqual([]);
  const states = (await allInstances(scene)).map(({ InstanceId, State }) => [InstanceId === id, State?.Name]);
  expect(new Set(states.map(String))).toEqual(new Set(['false,terminated', 'true,running']));
  expect((await allVolumes(scene)).map(({ VolumeId }) => VolumeId)).toEqual(volumes.map(({ VolumeId }) => VolumeId));
  expect(await groups()).toHaveLength(groupsBefore.length);
});

test('Git repositories are made, checked and cloned, one after the other', { timeout: 120_000 }, async () => {
  await using upstream = await makeUpstream({ isPublic: true });
  const { workspace, url } = upstream;
  await upstream.commit('refs/heads/main', { readme: 'one' });
  workspace.init();
  expectDone(await workspace.here(['source', 'add', 'git', '--name', 'code', '--set', `url=${url}`]));
  expectDone(await workspace.here(['protect', 'code']));
  const drill = expectDone(await workspace.here(['drill', 'run', 'code', '--json'])).json(drillSchema);
  expect(drill).toMatchObject({ state: 'passed', place: 'folder', items: 1, isWhole: true, left: 0 });
  expect(resultsOf(drill)).toEqual(['manifest good', 'clone good']);
  expectNothingLeft(workspace);
});

test(
  'a plan is rehearsed with its restores in the folder of the drill, and nothing where it says',
  { timeout: 120_000 },
  async () => {
    await using upstream = await makeUpstream({ isPublic: true });
    const { workspace, url } = upstream;
    await upstream.commit('refs/heads/main', { readme: 'one' });
    const documents = await workspace.folder('documents');
    writeFileSync(join(documents, 'letter'), 'Dear Sir');
    workspace.init();
    const add = (...words: string[]) => workspace.here(['source', 'add', ...words]);
    expectDone(await add('git', '--name', 'code', '--set', `url=${url}`));
    expectDone(await add('folder', '--name', 'documents', '--set', `path=${documents}`));
    for (const name of ['code', 'documents']) expectDone(await workspace.here(['protect', name]));
    const target = workspace.path('production');
    const [latest, file] = [{ kind: 'latest' }, workspace.path('plan.json')];
    const steps = [
      { id: 'docs', title: 'Documents', work: { kind: 'folder', point: latest, source: 'documents', target } },
      { id: 'code', title: 'Code', work: { kind: 'git', source: 'code', target: { kind: 'bare', path: target } } },
      { id: 'look', title: 'Look', after: ['docs'], work: { kind: 'checkpoint', instruction: 'Is it there?' } },
    ];
    writeFileSync(file, JSON.stringify({ name: 'office', steps }));
    expectDone(await workspace.here(['plan', 'add', '--file', file]));
    const rehearsed = await workspace.here(['drill', 'run', '--plan', 'office', '--json']);
    const drill = rehearsed.json(drillSchema);
    expect(resultsOf(drill)).toEqual(['docs good', 'code good', 'look left']);
    expect(drill).toMatchObject({ state: 'partial', how: 'plan', source: 'office', items: 2, wholeItems: 3, left: 0 });
    expect(rehearsed.code).toBe(3);
    expect(existsSync(target)).toBe(false);
    expectNothingLeft(workspace);
  },
);
