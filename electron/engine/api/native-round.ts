/**
 * One look at the native snapshots of a source, and all that follows from it: what is completed counts from then on; what
 * counts is locked and copied as its run has stated; what the repository tells nothing of any more is removed.
 */
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { NativeView } from '../../../shared/contract/native.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { copyNatives } from '../aws/copy-natives.ts';
import { isOwn, type Owner } from '../aws/lineage.ts';
import { lockNatives } from '../aws/lock-natives.ts';
import { expiredNatives } from '../aws/native-retention.ts';
import { usualPace, type AwsPace } from '../aws/once.ts';
import { removeNatives } from '../aws/remove-natives.ts';
import type { NativeSnapshot } from '../aws/snapshots.ts';
import { frozenBy } from '../configuration/held.ts';
import { noteSnapshots } from '../indexing/bring-up-to-date.ts';
import { nobody } from '../jobs/voice.ts';
import { encodeFact, readFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots } from '../repository/snapshots.ts';
import { openAccess, repositoryUse } from './access.ts';
import { clockProblem } from './clock.ts';
import type { CallContext } from './context.ts';
import { consolesOf, type RegisteredEc2 } from './ec2-source-of.ts';
import { expireAfterRun } from './expire.ts';
import { followImages } from './images/follow-images.ts';
import { finish, waitingSnapshots } from './native-finish.ts';
import { placesOf, type NativePlace, type Places } from './native-places.ts';

export type NativeRound = {
  readonly source: RegisteredEc2;
  /** Those that are open; what belongs to others waits. */
  readonly repositories: readonly RepositoryAccess[];
  readonly signal: AbortSignal;
  readonly pace?: AwsPace;
};

/** Whether something is under way, so that the next look should be soon. */
export type Looked = { readonly isUnderWay: boolean };

/** AWS_…, where the source cannot be asked; what goes wrong with one snapshot or place is in the catalog, as a problem. */
export async function nativeRound(context: CallContext, round: NativeRound): Promise<Looked> {
  const { source, repositories, signal } = round;
  const owner = await ownerOf(context, source);
  let tally: Tally = { isUnderWay: false, changed: false, problems: [] };
  {
    using places = await placesOf(context, source, signal);
    for (const access of repositories) {
      const did = await inRepository(context, round, { places, owner, access });
      tally = together(tally, did);
    }
    if (!tally.changed) {
      await noteLook(context, { source, owner, places, problems: tally.problems });
      return tally;
    }
  }
  // What was made or removed is seen by another look.
  using after = await placesOf(context, source, signal);
  await noteLook(context, { source, owner, places: after, problems: tally.problems });
  return tally;
}

async function ownerOf(context: CallContext, { name }: RegisteredEc2): Promise<Owner> {
  return { consoles: new Set(await consolesOf(context)), tenant: context.caller.tenant, source: name };
}

type Tally = Looked & { readonly changed: boolean; readonly problems: readonly string[] };
type Work = { readonly places: Places; readonly owner: Owner; readonly access: RepositoryAccess };

function together(one: Tally, other: Tally): Tally {
  return {
    isUnderWay: one.isUnderWay || other.isUnderWay,
    changed: one.changed || other.changed,
    problems: [...one.problems, ...other.problems],
  };
}

async function inRepository(context: CallContext, round: NativeRound, work: Work): Promise<Tally> {
  const { places, owner, access } = work;
  try {
    const repository = await openAccess(context, access);
    const waits = await finishDone(context, round, work, repository);
    const kept = await keptRuns(repository, owner);
    const counted = places.home.natives.filter(
      ({ state, lineage }) => state === 'completed' && isOwn(lineage, owner) && kept.counted.has(lineage.run),
    );
    const own = counted.filter(({ lineage }) => lineage?.repository === repository.config.id);
    const problems = await lockAll(places.home, owner, own, round.signal);
    const copied = await copyAll(round, work, own, context.nowMs());
    const followed = await followImages(context, {
      source: round.source,
      access,
      repository,
      natives: own,
      signal: round.signal,
    });
    const removed = await removeAll(context, round, work, { repository, kept });
    const done = {
      isUnderWay: waits || followed.isUnderWay,
      changed: false,
      problems: [...problems, ...followed.problems],
    };
    return together(done, together(copied, removed));
  } catch (error) {
    round.signal.throwIfAborted();
    return { isUnderWay: false, changed: false, problems: [toHoldfastError(error).message] };
  }
}

/** Whether any still waits. */
async function finishDone(
  context: CallContext,
  { source, signal }: NativeRound,
  { places, owner, access }: Work,
  repository: Repository,
): Promise<boolean> {
  const facts = { owner, nowMs: context.nowMs() };
  const waiting = await waitingSnapshots(repository, places.home.natives, facts);
  if (waiting.some(({ tags }) => tags !== null)) {
    const job = context.jobs.start(
      {
        caller: context.caller,
        kind: 'native',
        title: source.name,
        priority: 'normal',
        repository: await repositoryUse(context, access, 'exclusive'),
      },
      nobody,
      async (voice) => {
        await finish(repository, waiting);
        await noteSnapshots({
          catalog: context.catalog,
          caller: context.caller,
          repository,
          signal: voice.signal,
          onProgress: () => undefined,
          onIssue: ({ path, message }) => voice.onNotice(`Not in the catalog: ${path}: ${message}`),
          onNotice: (text) => voice.onNotice(text),
        });
      },
      () => ({ state: 'done', summary: 'What AWS has completed counts.' }),
    );
    await job.result;
    signal.throwIfAborted();
    context.live.changed(context.caller.tenant);
    await context.runHistory.endWaiting(context.caller, source.name, repository);
    const isGood = waiting.some(({ tags }) => tags?.includes(encodeFact('status', 'complete')) === true);
    if (isGood) await expireAfterRun(context, { repository: access, source: source.name, status: 'complete' });
  } else await context.runHistory.endWaiting(context.caller, source.name, repository);
  return waiting.some(({ tags }) => tags === null);
}

type Kept = {
  /** Runs that any snapshot there tells of. */
  readonly all: ReadonlySet<string>;
  /** Of those, the runs that are over. */
  readonly counted: ReadonlySet<string>;
  /** Whether any of them is whole. */
  readonly hasGood: boolean;
  /** Whether all there is could be read. */
  readonly isWhole: boolean;
};

async function keptRuns(repository: Repository, { source }: Owner): Promise<Kept> {
  const { snapshots, unreadable } = await listSnapshots(repository);
  const all = new Set<string>();
  const counted = new Set<string>();
  let hasGood = false;
  for (const { file } of snapshots) {
    const run = readFact(file.tags, 'native');
    if (run === undefined) continue;
    all.add(run);
    const status = readFact(file.tags, 'status');
    if (status !== 'pending') counted.add(run);
    if (status === 'complete' && readFact(file.tags, 'source') === source) hasGood = true;
  }
  return { all, counted, hasGood, isWhole: unreadable.length === 0 };
}

async function lockAll(
  { clients, region, locks }: NativePlace,
  owner: Owner,
  counted: readonly NativeSnapshot[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (locks === null) return [];
  return lockNatives(counted, { client: clients.ec2(), region, owner, locks, signal });
}

async function copyAll(
  round: NativeRound,
  { places, owner }: Work,
  counted: readonly NativeSnapshot[],
  nowMs: number,
): Promise<Tally> {
  let tally: Tally = { isUnderWay: false, changed: false, problems: [] };
  for (const { copy, clients, once, natives } of places.copies) {
    if (copy === null) continue;
    const { begun, waiting, problems } = await copyNatives(counted, natives, {
      copy,
      from: places.home.clients,
      to: clients,
      once,
      owner,
      pace: round.pace ?? usualPace,
      nowMs,
      signal: round.signal,
    });
    const isUnderWay = begun > 0 || waiting > 0 || natives.some(({ state }) => state === 'pending');
    tally = together(tally, { isUnderWay, changed: begun > 0, problems });
  }
  return tally;
}

/** After a success alone, and by a clock that can be believed. */
async function removeAll(
  context: CallContext,
  { signal }: NativeRound,
  { places, owner }: Work,
  { repository, kept }: { readonly repository: Repository; readonly kept: Kept },
): Promise<Tally> {
  const nothing: Tally = { isUnderWay: false, changed: false, problems: [] };
  if (!kept.hasGood || !kept.isWhole) return nothing;
  const doubt = await clockProblem(context);
  if (doubt !== null) return { ...nothing, problems: [`No native snapshot is removed: ${doubt}`] };
  if ((await frozenBy(context, repository, () => undefined)) !== null) return nothing;
  const facts = { owner, repository: repository.config.id, keptRuns: kept.all, nowMs: context.nowMs() };
  let tally = nothing;
  for (const place of [places.home, ...places.copies]) {
    const { clients, region, natives, locked } = place;
    const expired = expiredNatives(natives, facts);
    const removal = { client: clients.ec2(), region, owner, locked, signal };
    const { removed, problems, recycled } = await removeNatives(expired, removal);
    const inBin =
      recycled.length === 0
        ? []
        : [
            `${recycled.length} removed snapshots in ${region} are in the Recycle Bin, and are paid for until they leave it.`,
          ];
    tally = together(tally, { isUnderWay: false, changed: removed.length > 0, problems: [...problems, ...inBin] });
  }
  return tally;
}

type Look = {
  readonly source: RegisteredEc2;
  readonly owner: Owner;
  readonly places: Places;
  readonly problems: readonly string[];
};

async function noteLook(context: CallContext, { source, owner, places, problems }: Look): Promise<void> {
  const all = [places.home, ...places.copies].flatMap((place) => place.natives.map((one) => viewOf(one, place, owner)));
  await context.catalog.write('nativeSnapshots.replace', context.caller, {
    source: source.name,
    atMs: context.nowMs(),
    coveredAtMs: coveredAtMs(places),
    problems: [...new Set([...places.problems, ...failedOnes(places.home, owner), ...problems])].slice(0, keptProblems),
    snapshots: all,
  });
  context.live.changed(context.caller.tenant);
}

const keptProblems = 200;

function failedOnes({ natives }: NativePlace, owner: Owner): readonly string[] {
  return natives
    .filter(({ state, lineage }) => state === 'error' && isOwn(lineage, owner))
    .map(({ id, volume, stateMessage }) => `${id} of ${volume} has failed: ${stateMessage ?? 'AWS does not say why'}.`);
}

/** The oldest of the newest completed ones of each volume, whoever made them. */
function coveredAtMs({ home, volumes }: Places): number | null {
  if (volumes === null || volumes.size === 0) return null;
  const newest = new Map<string, number>();
  for (const { volume, state, lineage, startedAtMs, archived } of home.natives) {
    if (volume === null || state !== 'completed' || archived || (lineage?.copyOf ?? null) !== null) continue;
    newest.set(volume, Math.max(newest.get(volume) ?? 0, lineage?.takenAtMs ?? startedAtMs));
  }
  const points = [...volumes].map((volume) => newest.get(volume) ?? null);
  return points.includes(null) ? null : Math.min(...points.filter((point) => point !== null));
}

const keptTags = 50;
const iso = (ms: number): string => new Date(ms).toISOString();

function viewOf(native: NativeSnapshot, { locks }: NativePlace, owner: Owner): NativeView {
  const { id, lineage, startedAtMs, tags, ...rest } = native;
  const lock = locks?.get(id) ?? null;
  return {
    snapshot: id,
    region: rest.region,
    account: rest.account,
    volume: rest.volume,
    instance: lineage?.instance ?? null,
    device: lineage?.device ?? null,
    maker: rest.maker,
    own: isOwn(lineage, owner),
    state: rest.state,
    stateMessage: rest.stateMessage,
    percent: rest.percent,
    sizeGiB: rest.sizeGiB,
    takenAt: iso(lineage?.takenAtMs ?? startedAtMs),
    run: lineage?.run ?? null,
    consistency: lineage?.consistency ?? null,
    copyOf: lineage?.copyOf ?? null,
    keepUntil: lineage === null || lineage.keepUntilMs === null ? null : iso(lineage.keepUntilMs),
    encrypted: rest.encrypted,
    archived: rest.archived,
    lock: lock === null ? null : { state: lock.state, until: lock.untilMs === null ? null : iso(lock.untilMs) },
    tags: [...tags].slice(0, keptTags).map(([key, value]) => ({ key, value })),
  };
}
