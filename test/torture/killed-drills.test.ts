/** Drills killed at any moment: what they made is taken away by the next command that cleans up, and nothing else is. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeImagesCommand, DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { ListMultipartUploadsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { cleanupSchema, drillSchema } from '../../shared/contract/drills.ts';
import { allInstances, allVolumes } from '../support/aws-restore.ts';
import { bucket, createBucket, putObject } from '../support/bucket.ts';
import { makeNativeScene, type NativeScene } from '../support/native-scene.ts';
import { noise } from '../support/odd-tree.ts';
import { launch } from '../support/sandbox-aws.ts';
import { tortureTest, type Round } from '../support/torture/rounds.ts';

const scratch = 'drills-of-2031';
const mib = 1024 * 1024;
const sources = ['docs', 'photos', 'web'] as const;

async function makeVictim(): Promise<NativeScene> {
  const scene = await makeNativeScene();
  const { workspace, aws } = scene;
  aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
  for (const name of [bucket, scratch]) await createBucket(scene, name);
  await putObject(scene, scratch, 'of somebody else');
  for (let at = 0; at < 40; at++) await putObject(scene, bucket, `folder/${at}`, noise(20_000, `object ${at}`));
  await putObject(scene, bucket, 'a large one', noise(17 * mib, 'large'));
  const folder = await workspace.folder('source');
  for (let at = 0; at < 400; at++) writeFileSync(join(folder, `file-${at}`), noise(20_000, `file ${at}`));
  const { id } = await launch(scene);
  await scene.done('source', 'add', 'folder', '--name', 'docs', '--set', `path=${folder}`);
  await scene.done('source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`);
  await scene.addSource('web', `instance=${id}`);
  await scene.done('setting', 'set', 'drills.bucket', scratch);
  for (const name of sources) await scene.done('protect', name);
  await scene.done('run', '--due');
  return scene;
}

const drillsIn = ({ workspace }: NativeScene): readonly string[] => {
  const folder = join(workspace.home, 'holdfast', 'drills');
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Once it has made something, or asked AWS so often; and a moment later. */
async function killSomewhere(scene: NativeScene, source: string, { random, below }: Round): Promise<boolean> {
  const { workspace, aws, env } = scene;
  const [before, calls] = [aws.log.length, 1 + below(source === 'web' ? 30 : 60)];
  const running = workspace.startHoldfast(['drill', 'run', source, '--sample', 'whole'], { env });
  const { child } = running;
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const isTime = (): boolean => (source === 'docs' ? drillsIn(scene).length > 0 : aws.log.length - before >= calls);
  while (!isOver() && !isTime()) await sleep(2);
  await sleep(random() * (source === 'docs' ? 600 : 60));
  const wasAtWork = !isOver();
  running.signal('SIGKILL');
  await running.finished;
  return wasAtWork;
}

/** Everything that a drill could have left, with what was there before it. */
async function standing(scene: NativeScene): Promise<unknown> {
  const { Versions = [], DeleteMarkers = [] } = await scene
    .s3()
    .send(new ListObjectVersionsCommand({ Bucket: scratch }));
  const { Uploads = [] } = await scene.s3().send(new ListMultipartUploadsCommand({ Bucket: scratch }));
  const groups = await scene.ec2().send(new DescribeSecurityGroupsCommand({}));
  const images = await scene.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
  const instances = (await allInstances(scene)).filter(({ State }) => State?.Name !== 'terminated');
  const restores = join(scene.workspace.home, 'holdfast', 'restores');
  return {
    objects: [...Versions, ...DeleteMarkers].map(({ Key }) => Key),
    uploads: Uploads.map(({ Key }) => Key),
    groups: groups.SecurityGroups?.map(({ GroupId }) => GroupId),
    images: images.Images?.map(({ ImageId }) => ImageId),
    instances: instances.map(({ InstanceId }) => InstanceId),
    volumes: (await allVolumes(scene)).map(({ VolumeId }) => VolumeId),
    drills: drillsIn(scene),
    restores: existsSync(restores) ? readdirSync(restores) : [],
  };
}

let atWork = 0;

tortureTest('drills that are killed leave nothing', makeVictim, async (scene, round) => {
  const source = sources[round.number % sources.length] ?? 'docs';
  const before = await standing(scene);
  if (await killSomewhere(scene, source, round)) atWork += 1;
  const cleaned = (await scene.done('drill', 'cleanup', '--json')).json(cleanupSchema);
  expect(cleaned.left).toEqual([]);
  expect(await standing(scene)).toEqual(before);
  const [newest] = (await scene.done('drill', 'list', '--json')).json(drillSchema.array());
  expect(newest?.left ?? 0).toBe(0);
  expect(['interrupted', 'passed']).toContain(newest?.state ?? 'interrupted');
  if (round.number === 4) expect(atWork, 'drills that were killed at work').toBeGreaterThan(0);
});
