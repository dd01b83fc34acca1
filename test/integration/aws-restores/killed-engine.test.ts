/** Engines that are killed while they restore in AWS: the next one goes on, and there is one of everything in the end. */
import { AllocateAddressCommand, AssociateAddressCommand, DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Dice } from '../../../electron/sandbox/dice.ts';
import type { AwsRestoreRequest } from '../../../shared/contract/aws-restores.ts';
import {
  allInstances,
  allVolumes,
  changesBy,
  instance,
  madeBy,
  snapshotOf,
  untried,
  volume,
} from '../../support/aws-restore.ts';
import { connect, toTheEnd } from '../../support/client.ts';
import { home, launch, makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';
import { serve } from '../../support/serving.ts';
import type { Keys } from '../../../electron/sandbox/aws/identity/identities.ts';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';

type Order = { readonly place: AwsPlace; readonly keys: Keys; readonly want: AwsRestoreRequest['want'] };

/** Kills the engine once it has made so many calls that change something, and goes on with the next one. */
async function restoreThroughAKill({ place, keys, want }: Order, calls: number, laterMs: number): Promise<RestoreRun> {
  const { workspace, aws } = place;
  const who = { keys };
  const before = changesBy(place, keys).length;
  let id = '';
  {
    const serving = await serve(workspace);
    await using connected = await connect(workspace);
    const { client } = connected;
    id = (await client.awsRestores.create({ who, region: home, endpoint: aws.endpoint, want })).id;
    const started = toTheEnd(await client.restoreRuns.start({ run: id, aws: who, detach: true })).catch(
      (error: unknown) => error,
    );
    while (changesBy(place, keys).length - before < calls) await sleep(1);
    await sleep(laterMs);
    await serving.kill();
    await started;
  }
  await using connected = await connect(workspace);
  const { client } = connected;
  const found = await client.restoreRuns.get({ run: id });
  if (found.state === 'done') return found;
  expect(found.state).toBe('interrupted');
  await expect(client.restoreRuns.start({ run: id }).then(toTheEnd)).rejects.toMatchObject({ code: 'BAD_USAGE' });
  return (await toTheEnd(await client.restoreRuns.start({ run: id, aws: who }))).result.result;
}

for (const seed of [1, 2, 3, 4, 5]) {
  test(
    `a swap and a launch whose engines are killed are made once each (seed ${seed})`,
    { timeout: 240_000 },
    async () => {
      await using place = await makeAwsPlace();
      place.aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
      const dice = new Dice(seed);
      const pick = (most: number): number => 1 + Math.floor(dice.next() * most);
      const keys = place.user();
      const { id, root, data } = await launch(place);
      const { AllocationId } = await place.ec2().send(new AllocateAddressCommand());
      await place.ec2().send(new AssociateAddressCommand({ AllocationId, InstanceId: id }));
      const snapshots = { root: await snapshotOf(place, root), data: await snapshotOf(place, data) };

      const swap = { kind: 'disk', instance: id, device: '/dev/sdf', snapshot: snapshots.data, swap: true } as const;
      const swapped = await restoreThroughAKill({ place, keys, want: swap }, pick(6), pick(40));
      expect(swapped).toMatchObject({ state: 'done', error: null });
      expect(await allVolumes(place)).toHaveLength(3);
      expect(await volume(place, madeBy(swapped, 'volume'))).toMatchObject({ Attachments: [{ InstanceId: id }] });
      expect(await volume(place, data)).toMatchObject({ State: 'available' });
      expect(await instance(place, id)).toMatchObject({ State: { Name: 'running' } });

      const disks = { root: snapshots.root, data: [{ device: '/dev/sdf', snapshot: snapshots.data }] };
      const replace = { kind: 'launch', like: id, ...disks, moveAddresses: true, stopOld: true } as const;
      const launched = await restoreThroughAKill({ place, keys, want: replace }, pick(4), pick(40));
      expect(launched).toMatchObject({ state: 'done', error: null });
      expect(await allInstances(place)).toHaveLength(2);
      expect(await allVolumes(place)).toHaveLength(5);
      expect((await place.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }))).Images).toHaveLength(1);
      const fresh = await instance(place, madeBy(launched, 'launch'));
      expect(fresh?.NetworkInterfaces?.[0]?.Association?.PublicIp).toBe('198.51.100.1');
      expect(untried(place, keys)).toEqual([]);
    },
  );
}
