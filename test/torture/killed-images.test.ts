/** Images on their way out of AWS and back, with the engine killed in the middle of it: each comes to its end once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateVolumeCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Dice } from '../../electron/sandbox/dice.ts';
import { restoreImageResultSchema, storeImagesResultSchema } from '../../shared/contract/images.ts';
import { blockBytes, isImage, makeImagePlace, noise, type ImagePlace } from '../support/ebs-images.ts';
import { expectDone } from '../support/expect-clean.ts';
import { home } from '../support/sandbox-aws.ts';
import { amount } from '../support/torture/rounds.ts';

/** Several packs. */
const blocks = amount(40, 160);
const seeds = [1, 2, 3, 4, 5];

let place: ImagePlace;
beforeAll(async () => {
  place = await makeImagePlace({ seed: 1 });
  await place.release();
});
afterAll(() => place[Symbol.asyncDispose]());

/** Starts a command and kills it without warning once AWS was asked so often for something. */
async function killed(args: readonly string[], operation: string, calls: number): Promise<void> {
  const running = place.workspace.startHoldfast(args, { env: place.env });
  const { child } = running;
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  while (!isOver() && place.count(operation) < calls) await sleep(20);
  running.signal('SIGKILL');
  await running.finished;
}

test.each(seeds)(
  'a copy and an upload that are killed on their way end as if they had not been (seed %i)',
  async (seed) => {
    const { workspace, env, aws } = place;
    const dice = new Dice(seed);
    const volume = await place.volume();
    await place.write(volume, Object.fromEntries(Array.from({ length: blocks }, (_, at) => [at * 9, noise()])));
    const content = await place.blocksOf(volume);
    const snapshot = await place.take(volume);
    // Slow enough to be caught in the middle.
    using _slow = aws.fault({ service: 'ebs', operation: /SnapshotBlock$/ }, { delayMs: 30 });
    using _busy = aws.fault({ service: 'ebs', operation: /SnapshotBlock$/ }, 'internal-error', { chance: 0.05 });
    const copy = ['aws', 'image', snapshot, '--name', 'disks', '--json'];
    place.lookAnew();
    await killed(copy, 'GetSnapshotBlock', 1 + Math.floor(dice.next() * blocks));
    const stored = expectDone(await workspace.here(copy, { env })).json(storeImagesResultSchema);
    expect(stored.images).toMatchObject([{ readBlocks: expect.any(Number) as number }]);
    const target = workspace.path(`restored-${seed}`);
    expectDone(await workspace.here(['restore', stored.snapshot, '--to', target]));
    expect(await isImage(`${target}/${volume}/volume.img`, content)).toBe(true);

    const upload = ['restore-image', stored.snapshot, '--to-region', home, '--no-parent', '--json'];
    const before = await owned();
    for (let round = 0; round < 2; round++) {
      place.lookAnew();
      await killed(upload, 'PutSnapshotBlock', 2 + Math.floor(dice.next() * blocks * 0.5));
    }
    const result = expectDone(await workspace.here(upload, { env })).json(restoreImageResultSchema);
    expect(result.blocks.put).toBe(blocks);
    expect(await owned(), 'one snapshot, however often it was begun').toBe(before + 1);
    const made = await place
      .ec2()
      .send(new CreateVolumeCommand({ SnapshotId: result.snapshot ?? '', AvailabilityZone: `${home}a` }));
    aws.clock.advance(60_000);
    const back = await place.blocksOf(made.VolumeId ?? '');
    expect(back.size).toBe(blocks);
    for (const [index, bytes] of back)
      expect(bytes.equals(content.get(index) ?? Buffer.alloc(blockBytes)), `block ${index}`).toBe(true);
  },
);

async function owned(): Promise<number> {
  const { Snapshots = [] } = await place.ec2().send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  return Snapshots.length;
}
