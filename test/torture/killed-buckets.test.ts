/** Buckets on their way into the repository, with the engine killed in the middle of it: the next run completes. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { awsEnvironment, lendEnvironment, type AwsEnvironment } from '../support/aws-environment.ts';
import { bucket, createBucket, putObject } from '../support/bucket.ts';
import { expectDone, expectNoLocks } from '../support/expect-clean.ts';
import { noise } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { makeAwsPlace, type AwsPlace } from '../support/sandbox-aws.ts';
import { keysIn } from '../support/stored-keys.ts';
import { amount, tortureTest, type Round } from '../support/torture/rounds.ts';
import { storedNames } from '../support/upkeep-repository.ts';

const objects = 250;
const mostBytes = amount(60_000, 500_000);
/** Each of them fills a pack. */
const largeObjects = amount(2, 3);
/** Slow enough to be caught in the middle, and for an index to be written before the end. */
const delayMs = 1200;
const mib = 1024 * 1024;

type Victim = AwsPlace & { readonly env: AwsEnvironment };

async function makeVictim(): Promise<Victim> {
  const place = await makeAwsPlace();
  const { workspace } = place;
  workspace.init();
  await createBucket(place, bucket);
  const env = awsEnvironment(place);
  // The runs that complete what was killed are in this process.
  const lent = lendEnvironment(env);
  const add = ['source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`];
  expectDone(await workspace.here(add));
  return {
    ...place,
    env,
    [Symbol.asyncDispose]: async () => {
      lent[Symbol.dispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

/** All of it is new in each round. */
async function fill(place: AwsPlace, { seed, below }: Round): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for (let at = 0; at < objects; at++) contents.set(`folder ${at % 9}/${at}`, noise(below(mostBytes), `${seed} ${at}`));
  for (let at = 0; at < largeObjects; at++)
    contents.set(`a large one ${at}`, noise(17 * mib + below(mib), `${seed} large ${at}`));
  for (const [key, content] of contents) await putObject(place, bucket, key, content);
  return contents;
}

/** Once so many objects were asked for, or what was stored is listed in an index; and a moment later. */
async function killSomewhere({ workspace, aws, env }: Victim, { random, below, pick }: Round): Promise<void> {
  const running = workspace.startHoldfast(['protect', 'photos'], { env });
  const { child } = running;
  const [before, calls] = [aws.log.length, 1 + below(objects)];
  const indexes = (): number => storedNames(workspace.repository, 'index').length;
  const indexesBefore = indexes();
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const asked = (): number => aws.log.slice(before).filter(({ operation }) => operation === 'GetObject').length;
  const isTime = pick([() => asked() >= calls, () => indexes() > indexesBefore]);
  while (!isOver() && !isTime()) await sleep(25);
  await sleep(random() * 1000);
  running.signal('SIGKILL');
  await running.finished;
}

/** Lines of restic: a blob that is stored twice is there twice. */
async function storedBlobs({ workspace }: Victim): Promise<readonly string[]> {
  const { stdout } = await workspace.mustRestic(['list', 'blobs']);
  return stdout.trim().split('\n');
}

describePeer('restic', 'a bucket whose run is killed at any moment', () => {
  let reused = 0;

  tortureTest('protect a bucket', makeVictim, async (victim, round) => {
    const { workspace, aws } = victim;
    const contents = await fill(victim, round);
    const slow = aws.fault({ service: 's3', operation: 'GetObject' }, { delayMs });
    const stored = new Set(await storedBlobs(victim));
    for (let kills = 1 + round.below(2); kills > 0; kills--) await killSomewhere(victim, round);
    const kept = (await storedBlobs(victim)).filter((blob) => !stored.has(blob));
    slow[Symbol.dispose]();

    const done = expectDone(await workspace.here(['protect', 'photos', '--json']));
    const result = done.json(protectResultSchema);
    expect(result).toMatchObject({ status: 'complete' });
    const blobs = await storedBlobs(victim);
    expect(new Set(blobs).size, 'what was stored is not stored again').toBe(blobs.length);
    expect(blobs).toEqual(expect.arrayContaining(kept));
    reused += kept.length;
    expectNoLocks(workspace);
    const { stdout } = await workspace.mustRestic(['check', '--read-data']);
    expect(stdout).toContain('no errors were found');

    const target = workspace.path(`restored-${round.number}`);
    await workspace.mustRestic(['restore', result.snapshot, '--target', target]);
    const restored = keysIn(join(target, bucket));
    expect([...restored.keys()].toSorted()).toEqual([...contents.keys()].toSorted());
    for (const [key, content] of contents) expect(restored.get(key)?.equals(content), key).toBe(true);
    rmSync(target, { recursive: true });
    if (round.number === 4) expect(reused, 'blobs that outlived a kill').toBeGreaterThan(0);
  });
});
