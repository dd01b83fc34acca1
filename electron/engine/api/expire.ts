/** Retention after a good run of a source: what its periods no longer keep goes, and what needs a yes is asked. */
import { hostname } from 'node:os';
import type { RepositoryAccess, RunStatus } from '../../../shared/contract/common.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { retainByPeriods, type RetentionTerms } from '../../../shared/model/period-retention.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { frozenBy, heldSnapshots } from '../configuration/held.ts';
import { noteSnapshots } from '../indexing/bring-up-to-date.ts';
import { nobody, type Voice } from '../jobs/voice.ts';
import { retentionTerms } from '../protection/retention-terms.ts';
import { keptFolder, Safekeeping } from '../repository/repair/safekeeping.ts';
import type { Repository } from '../repository/repository.ts';
import { expireSnapshots, type ExpireOutcome, type SourceKey } from '../repository/upkeep/expire.ts';
import { refuseRemoval } from './fence.ts';
import { openAccess, repositoryUse } from './access.ts';
import { noteLetGo } from './let-go.ts';
import { noteRemovals } from './note-removals.ts';
import { arrivalsIn } from './arrivals-in.ts';
import { clockProblem } from './clock.ts';
import type { CallContext } from './context.ts';
import { isConfigured } from './is-configured.ts';

export type ExpireAfterRun = {
  readonly repository: RepositoryAccess;
  readonly source: string;
  /** Of the run: nothing is taken away after a partial one. */
  readonly status: RunStatus;
};

export type Expired = {
  readonly removed: readonly string[];
  /** Id of the question that waits for an answer; null: none. */
  readonly review: string | null;
  /** Why nothing was decided: frozen, the clock, a repository that is locked; null: all is as it should be. */
  readonly refused: string | null;
};

const quiet = { signal: new AbortController().signal, onNotice: () => undefined };
const nothing: Expired = { removed: [], review: null, refused: null };

/**
 * To be called after a run of a registered source. Never throws for what is no fault of the run: that is in `refused`, and
 * the next good run tries again. Where nothing has expired it costs a look into the catalog.
 */
export async function expireAfterRun(context: CallContext, request: ExpireAfterRun): Promise<Expired> {
  const { source, status } = request;
  if (status === 'partial' || status === 'pending') return nothing;
  const waiting = underWay.get(context.jobs) ?? new Set();
  underWay.set(context.jobs, waiting);
  const key = `${context.caller.tenant} ${source}`;
  // One that waits for its turn sees what has come meanwhile.
  if (waiting.has(key)) return nothing;
  waiting.add(key);
  try {
    if (!(await isConfigured(context))) return nothing;
    // An engine that stays keeps the catalog in step by itself.
    const opened = await openAccess(context, request.repository);
    if (!context.stays) await noteSnapshotsOf(context, opened, quiet);
    if (!(await mayHaveExpired(context, source, opened.config.id))) return nothing;
    return await runJob(context, request);
  } catch (error) {
    return { ...nothing, refused: toHoldfastError(error).message };
  } finally {
    waiting.delete(key);
  }
}

/** Sources whose snapshots are being looked at, or wait for that. */
const underWay = new WeakMap<CallContext['jobs'], Set<string>>();

/** As far as the catalog knows. What it does not know yet is seen after the next run. */
async function mayHaveExpired(context: CallContext, source: string, repository: string): Promise<boolean> {
  const { catalog, caller } = context;
  const nowMs = context.nowMs();
  // Sites may hold snapshots of it too.
  const of = { source, hostname: hostname(), repository };
  const { snapshots } = await catalog.read('retention.labelled', caller, of);
  const terms = await retentionTerms(context, { source, repository, nowMs });
  const { remove, review } = retainByPeriods(snapshots, terms);
  if (review === null) await catalog.write('retention.withdraw', caller, { source, repository });
  return remove.length > 0 || review !== null;
}

async function runJob(context: CallContext, request: ExpireAfterRun): Promise<Expired> {
  const job = context.jobs.start(
    {
      caller: context.caller,
      kind: 'expire',
      title: request.source,
      priority: 'background',
      repository: await repositoryUse(context, request.repository, 'exclusive'),
    },
    nobody,
    (voice) => expire(context, request, voice),
    ({ removed, review, refused }) => ({
      state: refused === null ? 'done' : 'partial',
      summary:
        refused ??
        (review === null ? `${formatCount(removed.length)} snapshots removed.` : 'Waits for an answer of an operator.'),
    }),
  );
  return job.result;
}

async function expire(context: CallContext, request: ExpireAfterRun, voice: Voice): Promise<Expired> {
  const { catalog, caller } = context;
  const { source } = request;
  const nowMs = context.nowMs();
  const say = (text: string): void => voice.onNotice(text);
  const repository = await openAccess(context, request.repository);
  const freeze = await frozenBy(context, repository, say);
  if (freeze !== null) return { ...nothing, refused: `Everything is frozen: ${freeze.reason}` };
  const outcome = await expireSnapshots({
    repository,
    caller,
    of: { source, hostname: hostname() },
    clearedSuspects: new Set(await catalog.read('incidents.cleared', caller, null)),
    arrivals: await arrivalsIn(context, repository, say),
    terms: (of) => termsUnderLock(context, repository, of, nowMs, say),
    waitMs: 60_000,
    signal: voice.signal,
    onNotice: say,
    onRemoved: (ids) => ids.forEach((id) => say(`Snapshot ${id.slice(0, 8)} has expired.`)),
  });
  if (outcome.removed.length > 0) {
    await new Safekeeping(keptFolder(context.home, repository.config.id)).forget(outcome.removed);
    await noteSnapshotsOf(context, repository, voice);
  }
  await noteLetGo(context, repository.config.id, outcome);
  const review = await askIfNeeded(context, repository.config.id, source, outcome, nowMs);
  context.live.changed(caller.tenant);
  await noteRemovals(context, repository.config.id, 'expiry', outcome.removals);
  const count = outcome.removed.length;
  await catalog.write('upkeep.removed', caller, { repository: repository.config.id, count, atMs: nowMs });
  return { removed: outcome.removed, review, refused: outcome.retention.refused };
}

/** With the holds of every console that uses the repository. */
async function termsUnderLock(
  context: CallContext,
  repository: Repository,
  { source }: SourceKey,
  nowMs: number,
  onNotice: (text: string) => void,
): Promise<RetentionTerms> {
  // Somebody may have frozen everything while the lock was waited for.
  await refuseRemoval(context, repository, onNotice);
  const [terms, held] = await Promise.all([
    retentionTerms(context, { source, repository: repository.config.id, nowMs }),
    heldSnapshots(context, repository, onNotice),
  ]);
  return { ...terms, held, clockProblem: await clockProblem(context) };
}

async function askIfNeeded(
  { catalog, caller }: CallContext,
  repository: string,
  source: string,
  { retention: { review } }: ExpireOutcome,
  atMs: number,
): Promise<string | null> {
  if (review === null) {
    await catalog.write('retention.withdraw', caller, { source, repository });
    return null;
  }
  const asked = await catalog.write('retention.ask', caller, { source, repository, ...review, atMs });
  return asked.review;
}

async function noteSnapshotsOf(
  { catalog, caller }: CallContext,
  repository: Repository,
  { signal, onNotice }: Pick<Voice, 'signal' | 'onNotice'>,
): Promise<void> {
  try {
    await noteSnapshots({
      catalog,
      caller,
      repository,
      signal,
      onNotice,
      onProgress: () => undefined,
      onIssue: ({ path, message }) => onNotice(`Not in the catalog: ${path}: ${message}`),
    });
  } catch (error) {
    onNotice(`The catalog is not in step with the repository yet. ${toHoldfastError(error).message}`);
  }
}
