/** Removing, copying and locking native snapshots: only our own, one by one, and what does not go is named. */
import {
  CreateSnapshotCommand,
  CreateTagsCommand,
  DescribeSnapshotsCommand,
  LockSnapshotCommand,
  ListSnapshotsInRecycleBinCommand,
  RegisterImageCommand,
  UnlockSnapshotCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { AwsClients } from '../../../electron/engine/aws/clients.ts';
import { copyNatives, type Copying } from '../../../electron/engine/aws/copy-natives.ts';
import { copyTarget, lineageTags, tagKeys, type Lineage } from '../../../electron/engine/aws/lineage.ts';
import { listLocks, lockNatives, lockWish } from '../../../electron/engine/aws/lock-natives.ts';
import { removeNatives } from '../../../electron/engine/aws/remove-natives.ts';
import { listNative, type NativeSnapshot } from '../../../electron/engine/aws/snapshots.ts';
import type { Ec2Copy } from '../../../shared/contract/aws-sources.ts';
import { addVolumes } from '../../support/native-scene.ts';
import { lineage, owner } from '../../support/natives.ts';
import { home, makeAwsPlace, otherAccount, type AwsPlace } from '../../support/sandbox-aws.ts';
import type { Keys } from '../../../electron/sandbox/aws/identity/identities.ts';

const away = 'us-east-1';
const { signal } = new AbortController();
const pace = { sleep: async () => undefined, settleMs: 0 };

function clientsOf(place: AwsPlace, region = home, keys: Keys = place.keys, attempts = 5): AwsClients {
  const credentials = () => Promise.resolve({ ...keys });
  return new AwsClients({ credentials, region, endpoint: place.aws.endpoint }, { attempts });
}

/** So many completed ones, each of a volume of its own. */
async function made(place: AwsPlace, count: number, about: Partial<Lineage> = {}, more: { lock?: string } = {}) {
  const volumes = await addVolumes(place, count, { key: 'backup', value: 'yes' });
  for (const volume of volumes) {
    const tags = lineageTags({ ...lineage, ...about, volume });
    const wish = more.lock === undefined ? [] : [{ Key: tagKeys.lock, Value: more.lock }];
    const TagSpecifications = [{ ResourceType: 'snapshot' as const, Tags: [...tags, ...wish] }];
    await place.ec2().send(new CreateSnapshotCommand({ VolumeId: volume, TagSpecifications }));
  }
  place.aws.clock.advance(60_000);
  return listNative(place.ec2(), home);
}

const called = ({ aws }: AwsPlace, operation: string) => aws.log.filter((one) => one.operation === operation).length;

test('each is tried out first, and one that is in use or locked keeps no other back', async () => {
  await using place = await makeAwsPlace();
  using clients = clientsOf(place);
  const natives = await made(place, 4);
  const [free, used, locked, unsaid] = natives;
  const ec2 = place.ec2();
  const mapping = { DeviceName: '/dev/xvda', Ebs: { SnapshotId: used?.id } };
  await ec2.send(
    new RegisterImageCommand({ Name: 'an-image', RootDeviceName: '/dev/xvda', BlockDeviceMappings: [mapping] }),
  );
  for (const one of [locked, unsaid])
    await ec2.send(new LockSnapshotCommand({ SnapshotId: one?.id, LockMode: 'governance', LockDuration: 5 }));
  const removal = { client: clients.ec2(), region: home, owner, locked: new Set([locked?.id ?? '']), signal };
  const { removed, problems } = await removeNatives(natives, removal);
  expect(removed).toEqual([free?.id]);
  expect(problems).toHaveLength(3);
  expect(problems.join(' ')).toContain(`${used?.id} has expired, but an image is made of it`);
  expect(problems.join(' ')).toContain(`${locked?.id} has expired, but is locked.`);
  expect((await listNative(ec2, home)).map(({ id }) => id)).not.toContain(free?.id);
  // One trial, and one call for each that AWS was not known to have locked.
  expect(called(place, 'DeleteSnapshot')).toBe(1 + 3);
});

test('who may not remove is told so once, and nothing is tried in earnest', async () => {
  await using place = await makeAwsPlace();
  const natives = await made(place, 3);
  using weak = clientsOf(place, home, place.user({ policy: { allow: ['ec2:*'], deny: ['ec2:DeleteSnapshot'] } }));
  const removal = { client: weak.ec2(), region: home, owner, locked: new Set<string>(), signal };
  const { removed, problems } = await removeNatives(natives, removal);
  expect(removed).toEqual([]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('UnauthorizedOperation');
  expect(called(place, 'DeleteSnapshot')).toBe(1);
  expect(await listNative(place.ec2(), home)).toHaveLength(3);
});

test('what lost our tags meanwhile is somebody’s, and stays', async () => {
  await using place = await makeAwsPlace();
  using clients = clientsOf(place);
  const natives = await made(place, 2);
  const [taken] = natives;
  const Tags = [{ Key: tagKeys.console, Value: 'ffffffffffffffff' }];
  await place.ec2().send(new CreateTagsCommand({ Resources: [taken?.id ?? ''], Tags }));
  const removal = { client: clients.ec2(), region: home, owner, locked: new Set<string>(), signal };
  expect((await removeNatives(natives, removal)).removed).toEqual([natives[1]?.id]);
  expect((await listNative(place.ec2(), home)).map(({ id }) => id)).toEqual([taken?.id]);
});

test('what went into the Recycle Bin is noted', async () => {
  await using place = await makeAwsPlace();
  place.aws.behaveEc2({ recycleDays: 7 });
  using clients = clientsOf(place);
  const natives = await made(place, 2);
  const removal = { client: clients.ec2(), region: home, owner, locked: new Set<string>(), signal };
  const { removed, recycled } = await removeNatives(natives, removal);
  expect(new Set(recycled)).toEqual(new Set(removed));
  const { Snapshots = [] } = await place.ec2().send(new ListSnapshotsInRecycleBinCommand());
  expect(Snapshots).toHaveLength(2);
});

const copy: Ec2Copy = { region: away, kmsKey: null, account: null, keepDays: null };

async function copyAll(place: AwsPlace, natives: readonly NativeSnapshot[], more: Partial<Copying> = {}) {
  using from = clientsOf(place);
  using to = clientsOf(place, away);
  using once = clientsOf(place, away, place.keys, 1);
  const copying: Copying = { copy, from, to, once, owner, pace, nowMs: place.aws.clock.now(), signal, ...more };
  return copyNatives(natives, await listNative(copying.to.ec2(), away), copying);
}

test('copies are asked for where they are to be, with all tags, as many as that region takes at once', async () => {
  await using place = await makeAwsPlace();
  place.aws.behaveEc2({ copiesAtOnce: 2 });
  const natives = await made(place, 5, { copyTo: [away], takenAtMs: place.aws.clock.now() });
  const rounds: { begun: number; waiting: number }[] = [];
  for (let round = 0; round < 4; round++) {
    const { begun, waiting, problems } = await copyAll(place, natives, { copy: { ...copy, keepDays: 30 } });
    expect(problems).toEqual([]);
    rounds.push({ begun, waiting });
    place.aws.clock.advance(60_000);
  }
  expect(rounds).toEqual([
    { begun: 2, waiting: 3 },
    { begun: 2, waiting: 1 },
    { begun: 1, waiting: 0 },
    { begun: 0, waiting: 0 },
  ]);
  const copies = await listNative(place.ec2({ region: away }), away);
  expect(new Set(copies.map(({ volume }) => volume))).toEqual(new Set(natives.map(({ volume }) => volume)));
  for (const one of copies) {
    const original = natives.find(({ id }) => id === one.lineage?.copyOf?.snapshot);
    expect(one.lineage).toMatchObject({ run: lineage.run, source: 'web', copyOf: { region: home } });
    expect(one.lineage?.keepUntilMs).toBe((original?.lineage?.takenAtMs ?? 0) + 30 * 86_400_000);
  }
});

test('a bad key fails later: the copy is named, and not asked for again at once', async () => {
  await using place = await makeAwsPlace();
  const natives = await made(place, 1, { copyTo: [away] });
  const kmsKey = `arn:aws:kms:${away}:111122223333:key/00000000-0000-0000-0000-000000000000`;
  const bad = { copy: { ...copy, kmsKey } };
  expect(await copyAll(place, natives, bad)).toMatchObject({ begun: 1, problems: [] });
  place.aws.clock.advance(60_000);
  const after = await copyAll(place, natives, bad);
  expect(after.begun).toBe(0);
  expect(after.problems.join()).toContain('has failed: Given key ID is not accessible');
});

test('another account copies what is shared with it for that', async () => {
  await using place = await makeAwsPlace();
  const target = copyTarget({ region: away, account: 'Vault' });
  const natives = await made(place, 1, { copyTo: [target] });
  const keys = place.user({}, otherAccount);
  using to = clientsOf(place, away, keys);
  using once = clientsOf(place, away, keys, 1);
  const did = await copyAll(place, natives, { copy: { ...copy, account: 'Vault' }, to, once });
  expect(did).toMatchObject({ begun: 1, problems: [] });
  const { Snapshots = [] } = await to.ec2().send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  expect(Snapshots).toMatchObject([{ OwnerId: otherAccount }]);
});

test('a call whose answer was lost is not made twice', async () => {
  await using place = await makeAwsPlace();
  const natives = await made(place, 3, { copyTo: [away] });
  place.aws.fault({ operation: 'CopySnapshot' }, { resetAfterBytes: 10 }, { times: 2 });
  expect(await copyAll(place, natives)).toMatchObject({ begun: 3, problems: [] });
  expect(await listNative(place.ec2({ region: away }), away)).toHaveLength(3);
});

test('a lock is set once: one that somebody lifted is not set again', async () => {
  await using place = await makeAwsPlace();
  using clients = clientsOf(place);
  const wish = lockWish({ mode: 'governance', days: 30, coolOffHours: null });
  const [plain] = await made(place, 1);
  const lock = async (): Promise<readonly string[]> => {
    const locks = (await listLocks(clients.ec2(), home, signal)) ?? new Map();
    const natives = await listNative(clients.ec2(), home);
    return lockNatives(natives, { client: clients.ec2(), region: home, owner, locks, signal });
  };
  const wished = (await made(place, 1, {}, { lock: wish })).find(({ id }) => id !== plain?.id);
  expect(await lock()).toEqual([]);
  expect([...((await listLocks(clients.ec2(), home, signal)) ?? [])]).toMatchObject([
    [wished?.id, { state: 'governance' }],
  ]);
  await place.ec2().send(new UnlockSnapshotCommand({ SnapshotId: wished?.id }));
  expect(await lock()).toEqual([]);
  expect((await listLocks(clients.ec2(), home, signal))?.size).toBe(0);
});

test('a compliance lock with its cool-off is what was stated', async () => {
  await using place = await makeAwsPlace();
  using clients = clientsOf(place);
  const natives = await made(place, 1, {}, { lock: lockWish({ mode: 'compliance', days: 3, coolOffHours: 24 }) });
  await lockNatives(natives, { client: clients.ec2(), region: home, owner, locks: new Map(), signal });
  const state = async () =>
    [...((await listLocks(clients.ec2(), home, signal))?.values() ?? [])].map((one) => one.state);
  expect(await state()).toEqual(['compliance-cooloff']);
  place.aws.clock.advance(25 * 3_600_000);
  expect(await state()).toEqual(['compliance']);
});
