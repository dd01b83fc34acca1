/** An engine that stays follows native snapshots by itself, also those that another engine has asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ec2DefinitionSchema } from '../../../shared/contract/sources.ts';
import { noHooks } from '../../../shared/model/hooks.ts';
import { toTheEnd } from '../../support/client.ts';
import { addVolumes, makeNativeScene } from '../../support/native-scene.ts';
import { home } from '../../support/sandbox-aws.ts';
import { makeOffice, type Office } from '../../support/office.ts';

const common = { name: 'cloud', commands: noHooks, tags: [], rpoMs: null };
const target = { kind: 'tag', key: 'backup', value: 'yes' };
const copies = [{ region: 'us-east-1', keepDays: 30 }];

/** Looks again and again, a minute later each time, until something holds. */
async function until(office: Office, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    office.nowMs += 60_000;
    office.engine.resumed();
    await sleep(50);
  }
}

test('what an engine has asked for is counted by the next one, and then copied, without anybody asking', async () => {
  await using scene = await makeNativeScene();
  scene.aws.clock.stop();
  await addVolumes(scene, 2, { key: 'backup', value: 'yes' });
  await using office = await makeOffice();
  const [connection] = (await office.client.repositories.list({})).repositories;
  const repository = { id: connection?.id ?? '' };
  const source = ec2DefinitionSchema.parse({ kind: 'ec2', ...common, target, copies });
  await office.client.sources.add({ repository, source });
  const asked = await toTheEnd(await office.client.protection.protect({ repository, registered: 'cloud' }));
  const { takenAt, snapshot } = asked.result.result;
  expect(asked.result.result.status).toBe('pending');
  const looked = async () => (await office.client.native.list({ source: 'cloud' })).snapshots;
  await until(office, async () => (await looked()).some(({ percent }) => percent !== null));
  const statuses = async () => {
    const { snapshots } = await office.client.snapshots.list({ repository });
    return snapshots.filter((one) => one.source === 'cloud').map((one) => [one.status, one.takenAt]);
  };
  expect(await statuses()).toEqual([['pending', takenAt]]);
  // Whoever asks whether a run has ended is told the truth: it runs.
  const runs = async () =>
    (await office.client.schedule.runs({ source: 'cloud' })).runs.map((run) => [run.state, run.snapshot]);
  expect(await runs()).toEqual([['running', snapshot]]);
  await office.engine.close();
  await office.start();
  scene.aws.clock.advance(60_000);
  await until(office, async () => (await statuses())[0]?.[0] === 'complete');
  expect(await statuses()).toEqual([['complete', takenAt]]);
  await until(office, async () => (await runs())[0]?.[0] === 'complete');
  await until(office, async () => (await scene.snapshots('us-east-1')).length === 2);
  scene.aws.clock.advance(60_000);
  await until(
    office,
    async () => (await looked()).filter(({ copyOf, state }) => copyOf !== null && state === 'completed').length === 2,
  );
  expect(await scene.snapshots()).toHaveLength(2);
  expect(await scene.snapshots('us-east-1')).toHaveLength(2);
});

test('blocks of the newest come into the repository by themselves where that is wanted, and of a run once', async () => {
  await using scene = await makeNativeScene();
  scene.aws.clock.stop();
  const [volume = ''] = await addVolumes(scene, 1, { key: 'backup', value: 'yes' });
  await scene.aws.ec2.writeBlock(home, volume, 3, Buffer.alloc(512 * 1024, 'first'));
  await using office = await makeOffice();
  const [connection] = (await office.client.repositories.list({})).repositories;
  const repository = { id: connection?.id ?? '' };
  const source = ec2DefinitionSchema.parse({ kind: 'ec2', ...common, target, offCloud: true });
  await office.client.sources.add({ repository, source });
  const take = async () => toTheEnd(await office.client.protection.protect({ repository, registered: 'cloud' }));
  const images = async () => {
    const { snapshots } = await office.client.snapshots.list({ repository });
    return snapshots.filter((one) => one.source === 'cloud images');
  };
  const imageJobs = async () => (await office.client.jobs.list({})).jobs.filter(({ kind }) => kind === 'image');
  await take();
  scene.aws.clock.advance(60_000);
  await until(office, async () => (await images()).length === 1);
  await until(office, async () => (await imageJobs()).every(({ state }) => state === 'done'));
  // Looked at again and again, and nothing is copied twice.
  for (let look = 0; look < 5; look++) {
    office.nowMs += 31 * 60_000;
    office.engine.resumed();
    await sleep(50);
  }
  expect(await imageJobs()).toHaveLength(1);
  await scene.aws.ec2.writeBlock(home, volume, 5, Buffer.alloc(512 * 1024, 'second'));
  await take();
  scene.aws.clock.advance(60_000);
  await until(office, async () => (await images()).length === 2);
  await until(office, async () => (await imageJobs()).every(({ state }) => state === 'done'));
  const read = (await imageJobs()).map(({ summary }) => /, ([^,]*) read/.exec(summary ?? '')?.[1]);
  expect(read).toEqual(['512.0 KiB', '512.0 KiB']);
});

test('images expire by a life of their own, and the last good one stays', async () => {
  await using scene = await makeNativeScene();
  scene.aws.clock.stop();
  await addVolumes(scene, 1, { key: 'backup', value: 'yes' });
  await using office = await makeOffice();
  const [connection] = (await office.client.repositories.list({})).repositories;
  const repository = { id: connection?.id ?? '' };
  const source = ec2DefinitionSchema.parse({ kind: 'ec2', ...common, target, offCloud: true, offCloudKeepDays: 2 });
  await office.client.sources.add({ repository, source });
  const images = async () => {
    const { snapshots } = await office.client.snapshots.list({ repository });
    return snapshots.filter((one) => one.source === 'cloud images').map(({ id }) => id);
  };
  const taken: string[] = [];
  for (let run = 0; run < 3; run++) {
    await toTheEnd(await office.client.protection.protect({ repository, registered: 'cloud' }));
    scene.aws.clock.advance(60_000);
    await until(office, async () => (await images()).some((id) => !taken.includes(id)));
    taken.push(...(await images()).filter((id) => !taken.includes(id)));
    if (run === 1) office.nowMs += 3 * 86_400_000;
  }
  await until(office, async () => (await images()).length === 1);
  expect(await images()).toEqual(taken.slice(-1));
});
