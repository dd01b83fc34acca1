/**
 * One look at the native snapshots of a source, and all that follows from it: what is completed counts from then on; what
 * counts is locked and copied as its run has stated; what the repository tells nothing of any more is removed.
 */
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { isOwn, type Owner } from '../aws/lineage.ts';
import { changeConfiguration } from '../configuration/save.ts';
import { noteSnapshots } from '../indexing/bring-up-to-date.ts';
import { nobody } from '../jobs/voice.ts';
import { encodeFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots } from '../repository/snapshots.ts';
import { openAccess, repositoryUse } from './access.ts';
import type { CallContext } from './context.ts';
import { consolesOf, type RegisteredEc2 } from './ec2-source-of.ts';
import { expireAfterRun } from './expire.ts';
import { followImages } from './images/follow-images.ts';
import { finish, holdsToMove, waitingSnapshots } from './native-finish.ts';
import { placesOf } from './native-places.ts';
import {
  copyAll,
  keptRuns,
  lockAll,
  removeAll,
  together,
  type Looked,
  type Rounding,
  type Tally,
  type Work,
} from './native-upkeep.ts';
import { noteLook } from './native-view.ts';

export type NativeRound = Rounding & {
  readonly source: RegisteredEc2;
  /** Those that are open; what belongs to others waits. */
  readonly repositories: readonly RepositoryAccess[];
};

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
        await moveHolds(context, repository);
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

async function moveHolds(context: CallContext, repository: Repository): Promise<void> {
  const { catalog, caller } = context;
  const held = await catalog.read('holds.list', caller, null);
  if (held.length === 0) return;
  const { snapshots } = await listSnapshots(repository);
  const moves = holdsToMove(
    snapshots,
    held.map(({ snapshot }) => snapshot),
  );
  for (const move of moves)
    await changeConfiguration(
      context,
      () => Promise.resolve(repository),
      () => catalog.write('holds.move', caller, move),
    );
}
