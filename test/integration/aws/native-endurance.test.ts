/**
 * Five hundred volumes of an account that takes two calls a second, where one call in twenty goes wrong, and engines that
 * die in the middle: nothing is lost, and nothing is there twice. Both the limit and its time are twenty times as fast.
 */
import { CreateSnapshotCommand } from '@aws-sdk/client-ec2';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AwsClients } from '../../../electron/engine/aws/clients.ts';
import { copyNatives } from '../../../electron/engine/aws/copy-natives.ts';
import { lineageTags } from '../../../electron/engine/aws/lineage.ts';
import { expiredNatives } from '../../../electron/engine/aws/native-retention.ts';
import { removeNatives } from '../../../electron/engine/aws/remove-natives.ts';
import { listNative, type NativeSnapshot } from '../../../electron/engine/aws/snapshots.ts';
import { ec2Source, type Ec2SourceOptions } from '../../../electron/engine/sources/ec2/ec2-source.ts';
import { Dice } from '../../../electron/sandbox/dice.ts';
import type { PrepareContext, Prepared } from '../../../electron/engine/sources/source.ts';
import { addVolumes } from '../../support/native-scene.ts';
import { lineage, owner, repository } from '../../support/natives.ts';
import { nothingInSnapshots } from '../../support/no-snapshots.ts';
import { home, makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';
import { unheld } from '../../support/unheld.ts';

const away = 'us-east-1';
const faster = 20;
const tag = { key: 'backup', value: 'yes' };
const pace = {
  sleep: (ms: number, signal: AbortSignal) => sleep(ms / faster, undefined, { signal }),
  settleMs: 2_000,
};

function clientsOf(place: AwsPlace, region = home, attempts = 30): AwsClients {
  const credentials = () => Promise.resolve({ ...place.keys });
  return new AwsClients({ credentials, region, endpoint: place.aws.endpoint }, { attempts });
}

/** One call in twenty: refused, lost before it was done, or done and its answer lost. */
function goWrong({ aws }: AwsPlace): void {
  const service = 'ec2' as const;
  aws.fault({ service }, 'throttle', { chance: 0.02 });
  aws.fault({ service }, 'internal-error', { chance: 0.015 });
  aws.fault({ service }, { resetAfterBytes: 20 }, { chance: 0.015 });
}

type Protecting = {
  readonly run: string;
  readonly into?: string;
  readonly signal?: AbortSignal;
  readonly stored?: ReadonlySet<string>;
};

async function protect(place: AwsPlace, { run, into = repository, signal, stored }: Protecting): Promise<Prepared> {
  using clients = clientsOf(place, home);
  using once = clientsOf(place, home, 1);
  const options: Ec2SourceOptions = {
    folder: 'web',
    name: 'web',
    tenant: 'default',
    console: lineage.console,
    target: { kind: 'tag', ...tag },
    copies: [{ region: away, kmsKey: null, account: null, keepDays: null }],
    lock: null,
    run: { run, profile: null, periods: [] },
    clients,
    once,
    repository: async () => into,
    isStored: async (of) => stored?.has(of) ?? false,
    pace,
  };
  const root = place.workspace.path('native');
  mkdirSync(root, { recursive: true });
  const issues: string[] = [];
  const context: PrepareContext = {
    root,
    signal: signal ?? new AbortController().signal,
    nowMs: () => Date.now(),
    hold: unheld,
    onProgress: () => undefined,
    onIssue: ({ path, message }) => void issues.push(`${path}: ${message}`),
    onFinding: () => undefined,
    onNotice: () => undefined,
    log: () => undefined,
    inSnapshots: nothingInSnapshots,
  };
  const prepared = await ec2Source(options).prepare(context);
  expect(issues).toEqual([]);
  return prepared;
}

const volumesOf = (natives: readonly NativeSnapshot[]) => new Set(natives.map(({ volume }) => volume));

test('500 volumes are taken, copied and expire, throttled and with errors: nothing lost, nothing doubled', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  aws.throttle({ capacity: 1e6, refillPerSecond: 1e6 });
  const volumes = await addVolumes(place, 500, tag);
  const old = { ...lineage, run: 'run-0', takenAtMs: Date.now() - 10 * 86_400_000 };
  for (const VolumeId of volumes) {
    const Tags = [...lineageTags({ ...old, volume: VolumeId })];
    const TagSpecifications = [{ ResourceType: 'snapshot' as const, Tags }];
    await place.ec2().send(new CreateSnapshotCommand({ VolumeId, TagSpecifications }));
  }
  aws.clock.advance(60_000);
  aws.throttle({ capacity: 2 * faster, refillPerSecond: 2 * faster });
  goWrong(place);

  const prepared = await protect(place, { run: 'run-1' });
  expect(prepared.requested).toMatchObject({ run: 'run-1', natives: 500 });
  using clients = clientsOf(place);
  aws.clock.advance(60_000);
  const natives = await listNative(clients.ec2(), home);
  const fresh = natives.filter((one) => one.lineage?.run === 'run-1');
  expect(fresh).toHaveLength(500);
  expect(volumesOf(fresh)).toEqual(new Set(volumes));

  using to = clientsOf(place, away);
  using once = clientsOf(place, away, 1);
  const copy = { region: away, kmsKey: null, account: null, keepDays: null };
  const { signal } = new AbortController();
  for (let left = 1, rounds = 0; left > 0 && rounds < 60; rounds++) {
    const there = await listNative(to.ec2(), away);
    const about = { copy, from: clients, to, once, owner, pace, nowMs: Date.now(), signal };
    const { begun, waiting, problems } = await copyNatives(fresh, there, about);
    expect(problems).toEqual([]);
    left = begun + waiting;
    aws.clock.advance(60_000);
  }
  const copies = await listNative(to.ec2(), away);
  expect(copies).toHaveLength(500);
  expect(volumesOf(copies)).toEqual(new Set(volumes));

  const facts = { owner, repository, keptRuns: new Set(['run-1']), imageBases: new Set<string>(), nowMs: Date.now() };
  const removal = { client: clients.ec2(), region: home, owner, locked: new Set<string>(), signal };
  for (let rounds = 0; rounds < 5; rounds++) {
    const expired = expiredNatives(await listNative(clients.ec2(), home), facts);
    if (expired.length === 0) break;
    await removeNatives(expired, removal);
  }
  const left = await listNative(clients.ec2(), home);
  expect(left.map(({ lineage: of }) => of?.run)).toEqual(Array.from({ length: 500 }, () => 'run-1'));
  expect(volumesOf(left)).toEqual(new Set(volumes));
}, 300_000);

test.each([1, 2, 3, 4, 5])(
  'an engine that dies at any moment is gone on with, and asks for nothing twice (seed %i)',
  async (seed) => {
    await using place = await makeAwsPlace({ seed });
    place.aws.throttle({ capacity: 1e6, refillPerSecond: 1e6 });
    const volumes = await addVolumes(place, 40, tag);
    const dice = new Dice(seed);
    place.aws.fault({ operation: 'CreateSnapshot' }, { delayMs: 20 });
    place.aws.fault({ operation: 'CreateSnapshot' }, { resetAfterBytes: 20 }, { chance: 0.1 });
    let deaths = 0;
    for (let run = 1; ; run++) {
      const dying = new AbortController();
      const timer = run <= 6 ? setTimeout(() => dying.abort(), dice.next() * 150) : undefined;
      const ended = await protect(place, { run: `run-${run}`, signal: dying.signal }).then(
        ({ requested }) => requested ?? null,
        () => null,
      );
      clearTimeout(timer);
      if (ended === null) {
        deaths += 1;
        continue;
      }
      // Whatever was begun first is what was gone on with.
      expect(ended.natives).toBe(40);
      const natives = await listNative(place.ec2(), home);
      expect(natives).toHaveLength(40);
      expect(volumesOf(natives)).toEqual(new Set(volumes));
      expect(new Set(natives.map(({ lineage: of }) => of?.run))).toEqual(new Set([ended.run]));
      // Once the repository tells of it, another run is another one.
      await protect(place, { run: 'next', stored: new Set([ended.run]) });
      expect(await listNative(place.ec2(), home)).toHaveLength(80);
      break;
    }
    expect(deaths).toBeGreaterThan(0);
  },
  120_000,
);

test('what was asked for on behalf of one repository is not gone on with for another', async () => {
  await using place = await makeAwsPlace();
  await addVolumes(place, 2, tag);
  await protect(place, { run: 'run-1' });
  const other = 'cd'.repeat(32);
  expect((await protect(place, { run: 'run-2', into: other })).requested).toMatchObject({ run: 'run-2' });
  const natives = await listNative(place.ec2(), home);
  expect(natives.filter(({ lineage: of }) => of?.repository === repository)).toHaveLength(2);
  expect(natives.filter(({ lineage: of }) => of?.repository === other && of.run === 'run-2')).toHaveLength(2);
});
