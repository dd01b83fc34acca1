/** Steps of recovery plans that restore elsewhere: objects, volumes, instances, an organisation; and their rehearsal. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drillSchema } from '../../shared/contract/drills.ts';
import { planRunSchema, type PlanRun } from '../../shared/contract/plan-runs.ts';
import type { GivenPlan } from '../../shared/contract/plans.ts';
import { allInstances, allVolumes } from '../support/aws-restore.ts';
import { bucket, createBucket, putObject } from '../support/bucket.ts';
import { expectDone } from '../support/expect-clean.ts';
import { makeNativeScene, type NativeScene } from '../support/native-scene.ts';
import { home, launch } from '../support/sandbox-aws.ts';
import { quickSecrets } from '../support/quick-keys.ts';
import { makeHubPlace, pushCommit } from '../support/sandbox-github.ts';
import type { Workspace } from '../support/workspace.ts';

const zone = `${home}a`;
const target = 'given-back-of-2031';
const scratch = 'drills-of-2031';

type Work = GivenPlan['steps'][number]['work'];

/** A plan of the steps, saved and run to its end. */
async function save(workspace: Workspace, name: string, works: readonly Work[]): Promise<void> {
  const file = workspace.path(`${name}.json`);
  const steps = works.map((work, at) => ({ id: `step-${at}`, title: `Step ${at}`, work }));
  writeFileSync(file, JSON.stringify({ name, steps }));
  expectDone(await workspace.here(['plan', 'add', '--file', file]));
}

describe('a step of a plan in AWS', () => {
  let scene: NativeScene;
  let instance: { readonly id: string; readonly root: string; readonly data: string };

  beforeAll(async () => {
    scene = await makeNativeScene();
    scene.aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
    for (const name of [bucket, target, scratch]) await createBucket(scene, name);
    for (const key of ['one', 'a/two', 'a/b/three']) await putObject(scene, bucket, key);
    instance = await launch(scene);
    await scene.done('source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`);
    await scene.addSource('web', `instance=${instance.id}`);
    for (const source of ['photos', 'web']) await scene.done('protect', source);
    // What AWS has completed is counted.
    await scene.done('run', '--due');
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  const carryOut = async (name: string, ...works: Work[]): Promise<PlanRun> => {
    await save(scene.workspace, name, works);
    return (await scene.done('plan', 'run', name, '--json')).json(planRunSchema);
  };
  const keysIn = async (Bucket: string): Promise<string[]> => {
    const { Contents = [] } = await scene.s3().send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key = '' }) => Key);
  };
  const running = async (): Promise<string[]> =>
    (await allInstances(scene)).flatMap(({ State, InstanceId = '' }) =>
      State?.Name === 'running' ? [InstanceId] : [],
    );

  test('gives objects back under a prefix, with what they hold', async () => {
    const run = await carryOut('objects', {
      kind: 'bucket',
      source: 'photos',
      bucket: target,
      from: 'a/',
      prefix: 'back/',
    });
    expect(run).toMatchObject({ state: 'done', steps: [{ state: 'done' }] });
    expect(run.steps[0]?.restoreRun).not.toBeNull();
    const keys = await keysIn(target);
    expect(keys).toHaveLength(2);
    for (const Key of keys) {
      const { Body } = await scene.s3().send(new GetObjectCommand({ Bucket: target, Key }));
      expect(Key.endsWith((await Body?.transformToString()) ?? '-')).toBe(true);
    }
  });

  test('makes a volume of the snapshot of one that is named, in the zone', async () => {
    const before = await allVolumes(scene);
    const run = await carryOut('disk', { kind: 'volume', source: 'web', volume: instance.data, zone });
    expect(run.state).toBe('done');
    const made = (await allVolumes(scene)).filter(({ VolumeId }) => !before.some((one) => one.VolumeId === VolumeId));
    expect(made).toMatchObject([{ Size: 2, AvailabilityZone: zone }]);
    expect(made[0]?.SnapshotId).toMatch(/^snap-/);
  });

  test('launches an instance that is gone, with all its volumes', async () => {
    await scene.ec2().send(new TerminateInstancesCommand({ InstanceIds: [instance.id] }));
    expect(await running()).toEqual([]);
    const run = await carryOut('machine', { kind: 'instance', source: 'web', instance: instance.id });
    expect(run.state).toBe('done');
    const [back, ...others] = (await allInstances(scene)).filter(({ State }) => State?.Name === 'running');
    expect(others).toEqual([]);
    expect(back?.BlockDeviceMappings).toHaveLength(2);
  });

  test('is turned away from production in a drill: nothing it makes stays, and nothing else is touched', async () => {
    const works: Work[] = [
      { kind: 'bucket', source: 'photos', bucket: target, overwrite: 'always' },
      { kind: 'volume', source: 'web', volume: instance.data, zone },
      { kind: 'instance', source: 'web', instance: instance.id, stopOld: true },
    ];
    await save(scene.workspace, 'all', works);
    const idsOf = async () =>
      (await allVolumes(scene)).map(({ VolumeId = '' }) => VolumeId).toSorted((a, b) => (a < b ? -1 : 1));
    const [keys, volumes, instances] = [await keysIn(target), await idsOf(), await running()];
    const drilled = await scene.run('drill', 'run', '--plan', 'all', '--json');
    expect(drilled.json(drillSchema)).toMatchObject({
      state: 'partial',
      left: 0,
      checks: [{ result: 'left' }, { result: 'good' }, { result: 'good' }],
    });

    await scene.done('setting', 'set', 'drills.bucket', scratch);
    const drill = (await scene.done('drill', 'run', '--plan', 'all', '--json')).json(drillSchema);
    expect(drill).toMatchObject({ state: 'passed', left: 0, items: 3 });
    expect(drill.run).not.toBeNull();
    expect(await keysIn(target)).toEqual(keys);
    expect(await keysIn(scratch)).toEqual([]);
    expect([await idsOf(), await running()]).toEqual([volumes, instances]);
    const launched = scene.aws.log.filter(({ operation, isTrial }) => operation === 'RunInstances' && !isTrial);
    expect(launched, 'once by the test, once in earnest, and once in each drill').toHaveLength(4);
  });
});

test('a step of a plan gives an organisation back to GitHub, with a token that is kept nowhere', async () => {
  await using hub = await makeHubPlace();
  const { github, workspace } = hub;
  github.createOwner('acme');
  const { cloneUrl } = github.createRepository('acme', 'app', { private: true });
  await pushCommit(hub, cloneUrl, github.addToken());
  const refs = () => github.repository('acme', 'app').git(['for-each-ref']);
  const before = refs();
  const token = github.addToken();
  const { passphrase } = quickSecrets(join(workspace.home, 'holdfast'));
  const env = { HOLDFAST_PASSPHRASE: passphrase, READER: github.addToken({ scopes: 'read' }), WRITER: token };
  workspace.init();
  const run = async (...args: string[]) => expectDone(await workspace.here(args, { env }));
  const set = ['--set', 'owner=acme', '--set', `api=${github.api}`, '--secret', 'token=env:READER'];
  await run('source', 'add', 'github', '--name', 'acme', ...set);
  expectDone(await workspace.here(['protect', 'acme'], { env }));
  github.remove('acme', 'app');
  await save(workspace, 'code', [
    { kind: 'git', source: 'acme', target: { kind: 'github', api: github.api, owner: 'acme' } },
  ]);
  const begin = ['plan', 'run', 'code', '--github-token', 'env:WRITER', '--json'];
  const done = (await run(...begin)).json(planRunSchema);
  expect(done).toMatchObject({ state: 'done', steps: [{ detail: '1 repository given back.' }] });
  expect(refs()).toBe(before);
  expect(JSON.stringify(done)).not.toContain(token);
});
