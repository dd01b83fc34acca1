/** One standby brought up to date, or looked at: which repository it comes from, what it does to what is noted. */
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import type { StandbyRunResult } from '../../../../shared/contract/standby.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import { nothingShown, type Candidate, type StandbyDrift } from '../../catalog/standbys.ts';
import { frozenBy } from '../../configuration/held.ts';
import type { Verdict } from '../../jobs/job.ts';
import type { Voice } from '../../jobs/voice.ts';
import { namedDrift, type Followed, type FollowRequest } from '../../recovery/standby/follow.ts';
import { followGit } from '../../recovery/standby/follow-git.ts';
import { followInFolder } from '../../recovery/standby/follow-folder.ts';
import type { Repository } from '../../repository/repository.ts';
import { loadSnapshots, type StoredSnapshot } from '../../repository/snapshots.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import { connectionOf, knownSites, openSite } from '../site-access.ts';
import { noteQuietly } from '../site-upkeep.ts';
import { lookedInto } from '../looked-into.ts';
import { knownStandbys, mustFindStandby, type KnownStandby } from './facts.ts';

export type StandbyOrder = {
  readonly name: string;
  /** One that a command names: asked beside those that are connected. */
  readonly repository: RepositoryAccess | null;
  readonly looksOnly: boolean;
  /** Somebody asks for it: what others have changed is put right also where nothing newer is there. */
  readonly putsRight: boolean;
};

/** Notes what came of it, also of a failure. */
export async function runStandby(context: CallContext, order: StandbyOrder, voice: Voice): Promise<StandbyRunResult> {
  const startedAt = performance.now();
  await takeInNamed(context, order, voice);
  const known = await find(context, order.name);
  mustBeAllowed(known);
  try {
    const { followed, snapshot } = await follow(context, known, order, voice);
    await noteDone(context, known, order, followed, snapshot);
    const { drift, kept: _kept, ...counts } = followed;
    return {
      name: order.name,
      ...counts,
      snapshot: snapshot.file.original ?? snapshot.id,
      takenAt: new Date(snapshot.takenAtMs).toISOString(),
      drift: drift.length,
      durationMs: performance.now() - startedAt,
    };
  } catch (error) {
    await noteFailure(context, known, error, voice.signal.aborted);
    throw error;
  } finally {
    context.live.changed(context.caller.tenant);
  }
}

export function judgeStandby({ updated, written, unchanged, writtenBytes, drift }: StandbyRunResult): Verdict {
  const others = drift === 0 ? '' : ` ${formatCount(drift)} things in it were changed by somebody.`;
  const done = updated
    ? `${formatCount(written)} written (${formatBytes(writtenBytes)}), ${formatCount(unchanged)} as they were.`
    : 'It shows the newest snapshot.';
  return { state: 'done', summary: `${done}${others}` };
}

async function follow(
  context: CallContext,
  known: KnownStandby,
  { looksOnly, putsRight, repository: named }: StandbyOrder,
  voice: Voice,
): Promise<{ readonly followed: Followed; readonly snapshot: StoredSnapshot }> {
  const { definition } = known.row;
  const { repository, candidate } = await openOne(context, known.candidates, named);
  const freeze = await frozenBy(context, repository, voice.onNotice);
  if (freeze !== null)
    throw new HoldfastError('STANDBY_STOPPED', `${freeze.author} froze everything: ${freeze.reason}`);
  const { snapshots } = await loadSnapshots(repository);
  const snapshot = snapshots.find(({ id }) => id === candidate.snapshot);
  if (snapshot === undefined)
    throw new HoldfastError(
      'SNAPSHOT_NOT_FOUND',
      `Snapshot ${candidate.snapshot.slice(0, 8)} is gone from its repository.`,
    );
  const { id, name, source, versions, keepChanges } = definition;
  const followed = await context.impact.within(context.caller.tenant, (throttle) => {
    const request: FollowRequest = {
      ...voice,
      home: context.home,
      repository,
      snapshot,
      storedAs: (original) => snapshots.find(({ id: own, file }) => (file.original ?? own) === original) ?? null,
      mark: { id, name, source },
      versions,
      keepChanges,
      looksOnly,
      putsRight,
      throttle,
    };
    return followTo(context, known, request);
  });
  return { followed, snapshot };
}

async function followTo(context: CallContext, { row }: KnownStandby, request: FollowRequest): Promise<Followed> {
  const { target } = row.definition;
  if (target.kind !== 'bucket') await context.bounds.folders([target.path]);
  switch (target.kind) {
    case 'folder':
      return followInFolder(request, target.path);
    case 'git': {
      const { repository, snapshot, signal } = request;
      const tree = lookedInto(context, repository, snapshot.file.tree, signal);
      return followGit({ ...request, cache: context.gitCache, tree }, target.path);
    }
    case 'bucket': {
      // AWS's kit takes long to load.
      const { followInBucket } = await import('../../recovery/standby/follow-bucket.ts');
      const { awsAccessOf } = await import('../aws-access.ts');
      const { bucket, prefix } = target;
      return followInBucket({ ...request, access: await awsAccessOf(context, target), bucket, prefix });
    }
  }
}

/** The first that can be opened: the primary one before sites. */
async function openOne(
  context: CallContext,
  candidates: readonly Candidate[],
  named: RepositoryAccess | null,
): Promise<{ readonly repository: Repository; readonly candidate: Candidate }> {
  const { connections, caller } = context;
  const ofPlace = (repository: string) => candidates.find((one) => one.repository === repository);
  let reason: unknown = new HoldfastError('SNAPSHOT_NOT_FOUND', 'There is no good snapshot of its source yet.');
  const attempts: (() => Promise<Repository>)[] = named === null ? [] : [() => openAccess(context, named)];
  const all = (await connections.list(caller)).toSorted((a, b) => Number(b.primary) - Number(a.primary));
  const sites = await knownSites(context);
  for (const { id, repository } of all) {
    if (ofPlace(repository) === undefined) continue;
    const site = sites.find(({ definition }) => connectionOf(definition, all)?.id === id);
    attempts.push(() => (site === undefined ? connections.open(caller, { id }) : openSite(context, site)));
  }
  for (const attempt of attempts) {
    try {
      const repository = await attempt();
      const candidate = ofPlace(repository.config.id);
      if (candidate !== undefined) return { repository, candidate };
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

/** What a command has just stored may not be in the catalog yet. */
async function takeInNamed(context: CallContext, { repository }: StandbyOrder, voice: Voice): Promise<void> {
  if (repository === null) return;
  await noteQuietly(context, await openAccess(context, repository), voice);
}

async function find(context: CallContext, name: string): Promise<KnownStandby> {
  return mustFindStandby(await knownStandbys({ ...context, nowMs: context.nowMs() }, new Set()), name);
}

function mustBeAllowed({ row, facts }: KnownStandby): void {
  const { name, enabled } = row.definition;
  if (!facts.confirmed)
    throw new HoldfastError('STANDBY_UNCONFIRMED', `Nobody has confirmed the target of ${name} on this machine.`);
  if (!enabled) throw new HoldfastError('STANDBY_STOPPED', `${name} is disabled.`);
  if (facts.guard !== null) throw new HoldfastError('STANDBY_STOPPED', facts.guard);
}

async function noteDone(
  context: CallContext,
  { row, progress: before }: KnownStandby,
  { looksOnly }: StandbyOrder,
  { updated, drift, kept }: Followed,
  snapshot: StoredSnapshot,
): Promise<void> {
  const { catalog, caller } = context;
  const atMs = context.nowMs();
  const isShown = updated || !looksOnly || before.shown?.original === (snapshot.file.original ?? snapshot.id);
  const shown = { original: snapshot.file.original ?? snapshot.id, takenAtMs: snapshot.takenAtMs };
  const { name, id } = row.definition;
  const found: StandbyDrift | null =
    drift.length === 0 || updated ? null : { count: drift.length, first: drift.slice(0, namedDrift), foundAtMs: atMs };
  const progress = {
    shown: isShown ? shown : before.shown,
    updatedAtMs: updated ? atMs : before.updatedAtMs,
    lookedAtMs: atMs,
    kept,
    drift: found,
    failure: null,
  };
  await catalog.write('standbys.progress', caller, { name, id, progress });
}

/** What an operator or the end of the engine has stopped is no failure. */
async function noteFailure(
  { catalog, caller, nowMs }: CallContext,
  { row, progress: before }: KnownStandby,
  error: unknown,
  wasStopped: boolean,
): Promise<void> {
  const { code, message } = toHoldfastError(error);
  if (wasStopped || code === 'STANDBY_STOPPED') return;
  const { name, id } = row.definition;
  const failure = { code, message, atMs: nowMs(), count: (before.failure?.count ?? 0) + 1 };
  await catalog.write('standbys.progress', caller, { name, id, progress: { ...before, failure } });
}

/** Its target is its own from now on. */
export async function noteConfirmed(
  { catalog, caller }: Pick<CallContext, 'catalog' | 'caller'>,
  { name, id }: { readonly name: string; readonly id: string },
): Promise<void> {
  await catalog.write('standbys.progress', caller, { name, id, progress: nothingShown });
}
