/** What follows from a look at native snapshots: what counts is locked and copied, and what nothing tells of is removed. */
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import { copyNatives } from '../aws/copy-natives.ts';
import type { Owner } from '../aws/lineage.ts';
import { lockNatives } from '../aws/lock-natives.ts';
import { expiredNatives } from '../aws/native-retention.ts';
import { usualPace, type AwsPace } from '../aws/once.ts';
import { removeNatives } from '../aws/remove-natives.ts';
import type { NativeSnapshot } from '../aws/snapshots.ts';
import { frozenBy } from '../configuration/held.ts';
import { leaseProblem } from './fence.ts';
import { readFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots, type StoredSnapshot } from '../repository/snapshots.ts';
import { clockProblem } from './clock.ts';
import type { CallContext } from './context.ts';
import { imageBases } from './images/images-of.ts';
import type { NativePlace, Places } from './native-places.ts';

/** Whether something is under way, so that the next look should be soon. */
export type Looked = { readonly isUnderWay: boolean };

/** How a round goes about it. */
export type Rounding = { readonly signal: AbortSignal; readonly pace?: AwsPace };

/** What was done, and what went wrong, in sentences. */
export type Tally = Looked & { readonly changed: boolean; readonly problems: readonly string[] };
export type Work = { readonly places: Places; readonly owner: Owner; readonly access: RepositoryAccess };

export function together(one: Tally, other: Tally): Tally {
  return {
    isUnderWay: one.isUnderWay || other.isUnderWay,
    changed: one.changed || other.changed,
    problems: [...one.problems, ...other.problems],
  };
}

export type Kept = {
  /** Runs that any snapshot there tells of. */
  readonly all: ReadonlySet<string>;
  /** Of those, the runs that are over. */
  readonly counted: ReadonlySet<string>;
  /** Whether any of them is whole. */
  readonly hasGood: boolean;
  /** Whether all there is could be read. */
  readonly isWhole: boolean;
  readonly snapshots: readonly StoredSnapshot[];
};

export async function keptRuns(repository: Repository, { source }: Owner): Promise<Kept> {
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
  return { all, counted, hasGood, isWhole: unreadable.length === 0, snapshots };
}

export async function lockAll(
  { clients, region, locks }: NativePlace,
  owner: Owner,
  counted: readonly NativeSnapshot[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (locks === null) return [];
  return lockNatives(counted, { client: clients.ec2(), region, owner, locks, signal });
}

export async function copyAll(
  round: Rounding,
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
export async function removeAll(
  context: CallContext,
  { signal }: Rounding,
  { places, owner }: Work,
  { repository, kept }: { readonly repository: Repository; readonly kept: Kept },
): Promise<Tally> {
  const nothing: Tally = { isUnderWay: false, changed: false, problems: [] };
  if (!kept.hasGood || !kept.isWhole) return nothing;
  const doubt = await clockProblem(context);
  if (doubt !== null) return { ...nothing, problems: [`No native snapshot is removed: ${doubt}`] };
  if ((await frozenBy(context, repository, () => undefined)) !== null) return nothing;
  if ((await leaseProblem(context, 'owner')) !== null) return nothing;
  const bases = imageBases(kept.snapshots, places.home.natives, owner.tenant);
  const facts = {
    owner,
    repository: repository.config.id,
    keptRuns: kept.all,
    imageBases: bases,
    nowMs: context.nowMs(),
  };
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
