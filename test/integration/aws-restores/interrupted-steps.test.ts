/** A restore that is cut off around each thing it writes down, and goes on: whatever the moment, all is made once. */
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeImagesCommand,
  DescribeReplaceRootVolumeTasksCommand,
  DescribeSecurityGroupsCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { AwsClients } from '../../../electron/engine/aws/clients.ts';
import { carryOut, takeBack } from '../../../electron/engine/recovery/aws/deed-kinds.ts';
import type { Deed, Known, Notes } from '../../../electron/engine/recovery/aws/deeds.ts';
import { readFacts } from '../../../electron/engine/recovery/aws/facts.ts';
import { Hands } from '../../../electron/engine/recovery/aws/hands.ts';
import { planOf } from '../../../electron/engine/recovery/aws/plan.ts';
import { awsWantSchema, type AwsRestoreRequest } from '../../../shared/contract/aws-restores.ts';
import { allInstances, allSnapshots, allVolumes, instance, snapshotOf, volume } from '../../support/aws-restore.ts';
import { home, launch, makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';

const away = 'us-east-1';

class CutOff extends Error {}

type Scene = {
  readonly place: AwsPlace;
  readonly hands: Hands;
  readonly deeds: readonly Deed[];
  readonly notes: Map<string, Notes>;
  /** Steps that had come to their end. */
  readonly done: Set<string>;
};

async function scene(place: AwsPlace, want: AwsRestoreRequest['want'], region = home): Promise<Scene> {
  const { aws } = place;
  const credentials = () => Promise.resolve({ ...place.user() });
  const clients = new AwsClients({ credentials, region, endpoint: aws.endpoint }, { attempts: 1 });
  const run = '0123456789abcdef';
  const hands = new Hands({ clients, run, signal: new AbortController().signal, unseenMs: 1_000 });
  const nowMs = Date.now();
  const parsed = awsWantSchema.parse(want);
  const facts = await readFacts({ hands, want: parsed, region, from: home, map: null, described: null, nowMs });
  return { place, hands, deeds: planOf(parsed, facts, run, nowMs).deeds, notes: new Map(), done: new Set() };
}

function known({ notes }: Scene): Known {
  return {
    userData: null,
    made: (reference) => (reference.startsWith('<') ? (notes.get(reference.slice(1, -1))?.['id'] ?? '') : reference),
  };
}

/** `cut`: the writing, counted from 1, at which it ends, before or after it is done. How many there were, if it got through. */
async function carryAll(all: Scene, cut: { readonly at: number; readonly isDone: boolean } | null): Promise<number> {
  let writings = 0;
  for (const deed of all.deeds) {
    if (all.done.has(deed.id)) continue;
    const note = (notes: Notes): Promise<void> => {
      writings++;
      if (writings === cut?.at && !cut.isDone) throw new CutOff();
      all.notes.set(deed.id, notes);
      if (writings === cut?.at) throw new CutOff();
      return Promise.resolve();
    };
    const before = all.notes.get(deed.id) ?? {};
    const { notes } = await carryOut(deed, known(all), all.hands, { before, note });
    all.notes.set(deed.id, notes);
    all.done.add(deed.id);
  }
  return writings;
}

type Sweep = {
  readonly want: (place: AwsPlace) => Promise<AwsRestoreRequest['want']>;
  readonly region?: string;
  readonly check: (all: Scene, place: AwsPlace) => Promise<void>;
};

/** Each writing of the run is where it is cut off once before and once after it. */
async function sweep({ want, region, check }: Sweep): Promise<void> {
  for (let at = 1, more = true; more; at++) {
    for (const isDone of [false, true]) {
      await using place = await makeAwsPlace();
      place.aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
      const wanted = await want(place);
      const all = await scene(place, wanted, region);
      // From here on, what is made is seen a while later only.
      place.aws.clock.advance(60_000);
      place.aws.behaveEc2({ lagMs: 300 });
      more = await carryAll(all, { at, isDone }).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof CutOff)) throw error;
          return true;
        },
      );
      await carryAll(all, null);
      place.aws.behaveEc2({ lagMs: 0 });
      await check(all, place);
    }
  }
}

test('a volume that is swapped, cut off anywhere, is swapped once', { timeout: 300_000 }, () =>
  sweep({
    want: async (place) => {
      const { id, data } = await launch(place);
      const snapshot = await snapshotOf(place, data);
      return { kind: 'disk', instance: id, device: '/dev/sdf', snapshot, swap: true };
    },
    check: async ({ notes }, place) => {
      const volumes = await allVolumes(place);
      expect(volumes).toHaveLength(3);
      const fresh = notes.get('volume')?.['id'] ?? '';
      expect(await volume(place, fresh)).toMatchObject({ Attachments: [{ Device: '/dev/sdf' }] });
      const [machine] = await allInstances(place);
      expect(machine).toMatchObject({ State: { Name: 'running' } });
      // An undo starts again what the run has stopped, also where the note of that was lost.
      expect(notes.get('stop')?.['by']).toBe('restore');
    },
  }),
);

test(
  'an instance that is launched from a registered image, cut off anywhere, is launched once',
  { timeout: 300_000 },
  () =>
    sweep({
      want: async (place) => {
        const { id, root, data } = await launch(place);
        const { AllocationId } = await place.ec2().send(new AllocateAddressCommand());
        await place.ec2().send(new AssociateAddressCommand({ AllocationId, InstanceId: id }));
        const disks = {
          root: await snapshotOf(place, root),
          data: [{ device: '/dev/sdf', snapshot: await snapshotOf(place, data) }],
        };
        return { kind: 'launch', like: id, ...disks, moveAddresses: true };
      },
      check: async ({ notes }, place) => {
        expect(await allInstances(place)).toHaveLength(2);
        expect(await allVolumes(place)).toHaveLength(4);
        const images = await place.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
        expect(images.Images).toHaveLength(1);
        const fresh = await instance(place, notes.get('launch')?.['id'] ?? '');
        expect(fresh?.NetworkInterfaces?.[0]?.Association?.PublicIp).toBe('198.51.100.1');
      },
    }),
);

test('a clone, cut off anywhere, stands once in one closed group', { timeout: 300_000 }, () =>
  sweep({
    want: async (place) => {
      const { id, root } = await launch(place);
      return { kind: 'clone', like: id, root: await snapshotOf(place, root) };
    },
    check: async ({ notes }, place) => {
      expect(await allInstances(place)).toHaveLength(2);
      const groups = await place.ec2().send(new DescribeSecurityGroupsCommand({}));
      expect(groups.SecurityGroups).toHaveLength(2);
      const fresh = await instance(place, notes.get('launch')?.['id'] ?? '');
      expect(fresh?.SecurityGroups?.[0]?.GroupId).toBe(notes.get('group')?.['id']);
    },
  }),
);

test('a root, cut off anywhere, is replaced by one task', { timeout: 300_000 }, () =>
  sweep({
    want: async (place) => {
      const { id, root } = await launch(place);
      return { kind: 'root', instance: id, snapshot: await snapshotOf(place, root) };
    },
    check: async (_all, place) => {
      const tasks = await place.ec2().send(new DescribeReplaceRootVolumeTasksCommand({}));
      expect(tasks.ReplaceRootVolumeTasks).toHaveLength(1);
      expect(await allVolumes(place)).toHaveLength(3);
    },
  }),
);

test(
  'a copy into another region, cut off anywhere, is made once though AWS takes no token for it',
  { timeout: 300_000 },
  () =>
    sweep({
      region: away,
      want: async (place) => {
        const { data } = await launch(place);
        return { kind: 'volume', snapshot: await snapshotOf(place, data), zone: `${away}a` };
      },
      check: async (_all, place) => {
        expect(await allSnapshots(place, away)).toHaveLength(1);
        expect(await allVolumes(place, away)).toHaveLength(1);
      },
    }),
);

test('what was asked for when all ended is found by an undo, and taken back', async () => {
  await using place = await makeAwsPlace();
  place.aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
  const { data } = await launch(place);
  const before = (await allVolumes(place)).length;
  const all = await scene(place, { kind: 'volume', snapshot: await snapshotOf(place, data), zone: `${home}a` });
  place.aws.clock.advance(60_000);
  place.aws.behaveEc2({ lagMs: 300 });
  await expect(carryAll(all, { at: 2, isDone: false })).rejects.toBeInstanceOf(CutOff);
  expect(all.notes.get('volume')).toEqual({ asked: 'yes' });
  const [deed] = all.deeds;
  if (deed === undefined) throw new Error('there is no step');
  const notes = all.notes.get('volume') ?? {};
  const item = await takeBack(deed, known(all), all.hands, { notes, dryRun: false, begun: () => false });
  expect(item).toMatchObject({ action: 'remove' });
  place.aws.behaveEc2({ lagMs: 0 });
  expect(await allVolumes(place)).toHaveLength(before);
});
