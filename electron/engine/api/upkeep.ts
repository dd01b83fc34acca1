import type { z } from 'zod';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type {
  ForgetGroup,
  ForgetResult,
  PruneResult,
  RepairIndexResult,
  retentionRulesSchema,
} from '../../../shared/contract/upkeep.ts';
import {
  parseRetentionDuration,
  retentionPeriods,
  type RetentionDuration,
  type RetentionGroup,
  type RetentionRules,
} from '../../../shared/model/retention.ts';
import { lockOf, type LabelledSnapshot, type Lock } from '../../../shared/model/period-retention.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { heldSnapshots } from '../configuration/held.ts';
import { outdatedConfigurations } from '../configuration/outdated.ts';
import type { Removal } from '../catalog/removed-snapshots.ts';
import { noteSnapshots } from '../indexing/bring-up-to-date.ts';
import { forgetSnapshots, type ForgetOutcome } from '../repository/upkeep/forget.ts';
import type { PrunePlan } from '../repository/upkeep/prune-report.ts';
import { keptFolder, Safekeeping } from '../repository/repair/safekeeping.ts';
import type { Repository } from '../repository/repository.ts';
import { machineZone } from '../platform/machine-zone.ts';
import { unsentOf } from '../protection/retention-terms.ts';
import { pruneRepository } from '../repository/upkeep/prune.ts';
import { repairIndex } from '../repository/upkeep/repair-index.ts';
import type { Voice } from '../jobs/voice.ts';
import { refuseRemoval } from './fence.ts';
import { openAccess, repositoryUse } from './access.ts';
import { noteLetGo } from './let-go.ts';
import { noteRemovals } from './note-removals.ts';
import { arrivalsIn } from './arrivals-in.ts';
import { handlers, type CallContext } from './context.ts';
import { streamJob, type JobSpecification } from './stream-job.ts';

type ForgetPlanned = { type: 'planned'; groups: ForgetGroup[] };
type PrunePlanned = { type: 'planned'; plan: PrunePlan };

export const upkeepHandlers = {
  forget: handlers.upkeep.forget.handler(async function* ({ input, context, signal }) {
    const { snapshots, source, allowLast, unsentReason, dryRun } = input;
    const job = await upkeepJob<ForgetResult>(context, 'forget', input, ({ removed, unreadable }) => ({
      state: unreadable.length > 0 ? 'partial' : 'done',
      summary: dryRun ? null : `${formatCount(removed.length)} snapshots removed.`,
    }));
    yield* streamJob({ context, signal }, job, async (voice: Voice<ForgetPlanned>) => {
      const repository = await openAccess(context, input.repository);
      if (!dryRun) await refuseRemoval(context, repository, (text) => voice.onNotice(text));
      const outcome = await forgetSnapshots({
        ...voice,
        repository,
        caller: context.caller,
        snapshots,
        source,
        rules: readRules(input.rules),
        allowLast,
        unsentOf: (own) => unsentOf(context, repository.config.id, own),
        unsentReason,
        held: await heldSnapshots(context, repository, (text) => voice.onNotice(text)),
        lockOf: await locksHere(context),
        clearedSuspects: new Set(await context.catalog.read('incidents.cleared', context.caller, null)),
        arrivals: await arrivalsIn(context, repository, (text) => voice.onNotice(text)),
        outdatedConfigurations: dryRun ? [] : await outdatedConfigurations(repository, context.caller, Date.now()),
        dryRun,
        now: Date.now,
        onPlan: (groups) => void voice.say({ type: 'planned', groups: groups.map(present) }),
        onRemoved: (doneItems, totalItems) => {
          const none = { doneBytes: 0, totalBytes: null, currentItem: null, issues: 0 };
          voice.onProgress({ phase: 'Removing snapshots', doneItems, totalItems, ...none });
        },
      });
      const { removed, unreadable, kept } = outcome;
      if (!dryRun) await noteLetGo(context, repository.config.id, { kept: kept.keys(), removed });
      if (!dryRun && removed.length > 0) {
        const way = snapshots.length > 0 ? 'named' : 'forget';
        await noteRemovals(context, repository.config.id, way, forgotten(outcome, unsentReason ?? null));
        await new Safekeeping(keptFolder(context.home, repository.config.id)).forget(removed);
        await noteRemoved(context, repository, voice);
      }
      return {
        dryRun,
        groups: outcome.groups.map(present),
        removed: [...removed],
        unreadable: [...unreadable],
        kept: kept.size,
      };
    });
  }),
  prune: handlers.upkeep.prune.handler(async function* ({ input, context, signal }) {
    const startedAt = performance.now();
    const { maxUnused, waitMs, dryRun } = input;
    const job = await upkeepJob<PruneResult>(context, 'prune', input, ({ issues }) => ({
      state: issues.length > 0 ? 'partial' : 'done',
      summary: null,
    }));
    yield* streamJob({ context, signal }, job, async (voice: Voice<PrunePlanned>) => {
      const open = async (): Promise<Repository> => {
        const repository = await openAccess(context, input.repository);
        if (!dryRun) {
          await refuseRemoval(context, repository, (text) => voice.onNotice(text));
          await context.runs.refuseWhileUnfinished(context.caller, repository.config.id);
        }
        return repository;
      };
      const outcome = await pruneRepository({
        ...voice,
        open,
        maxUnused,
        maxRepackBytes: input.maxRepackBytes ?? Infinity,
        waitMs,
        dryRun,
        onPlan: (plan) => void voice.say({ type: 'planned', plan }),
      });
      return { dryRun, ...outcome, issues: [...outcome.issues], durationMs: performance.now() - startedAt };
    });
  }),
  repairIndex: handlers.upkeep.repairIndex.handler(async function* ({ input, context, signal }) {
    const startedAt = performance.now();
    const job = await upkeepJob<RepairIndexResult>(context, 'repair-index', input, ({ unreadable, missing }) => ({
      state: unreadable.length + missing.length > 0 ? 'partial' : 'done',
      summary: null,
    }));
    yield* streamJob({ context, signal }, job, async (voice) => {
      const repository = await openAccess(context, input.repository);
      const { unreadable, missing, ...numbers } = await repairIndex({ ...voice, repository });
      const durationMs = performance.now() - startedAt;
      return { ...numbers, unreadable: [...unreadable], missing: [...missing], durationMs };
    });
  }),
};

/** What was removed, and by what. */
function forgotten({ groups, removed }: ForgetOutcome, unsentReason: string | null): readonly Removal[] {
  const gone = new Set(removed);
  const why = unsentReason === null ? [] : [`not sent, and let go: ${unsentReason}`];
  return groups.flatMap(({ source, decisions }) =>
    decisions
      .filter(({ snapshot }) => gone.has(snapshot.id))
      .map(({ snapshot, reasons }) => ({
        snapshot: snapshot.id,
        source: source ?? '',
        takenAtMs: snapshot.takenAtMs,
        reasons: [...(reasons.length === 0 ? ['no rule that was given keeps it'] : reasons), ...why],
      })),
  );
}

/** Screens that are open show no snapshot that is gone. A single command leaves that to whoever looks next. */
async function noteRemoved(context: CallContext, repository: Repository, voice: Voice<ForgetPlanned>): Promise<void> {
  if (!context.stays) return;
  const { catalog, caller, live } = context;
  const { signal, onNotice } = voice;
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
    live.changed(caller.tenant);
  } catch (error) {
    onNotice(`The snapshots are removed, but not from the catalog yet. ${toHoldfastError(error).message}`);
  }
}

/** By what snapshots say, by profiles, and by unlocks that have waited. */
async function locksHere({
  catalog,
  caller,
  nowMs: clock,
}: CallContext): Promise<(snapshot: LabelledSnapshot) => Lock> {
  const nowMs = clock();
  const [profiles, unlocks] = await Promise.all([
    catalog.read('profiles.list', caller, null),
    catalog.read('retention.unlocks', caller, null),
  ]);
  const terms = {
    profiles: new Map(profiles.map(({ profile, definition }) => [profile, definition])),
    machineZone: machineZone(),
    nowMs,
    unlocked: new Set(unlocks.filter(({ readyAtMs }) => readyAtMs <= nowMs).map(({ snapshot }) => snapshot)),
  };
  return (snapshot) => lockOf(snapshot, terms);
}

/** A rehearsal only reads; what takes things away is alone in the repository. */
async function upkeepJob<Result>(
  context: CallContext,
  kind: string,
  { repository, dryRun = false }: { readonly repository: RepositoryAccess; readonly dryRun?: boolean },
  judge: JobSpecification<Result>['judge'],
): Promise<JobSpecification<Result>> {
  const use = await repositoryUse(context, repository, dryRun ? 'read' : 'exclusive');
  return { kind, title: use.location, priority: 'normal', repository: use, detach: false, judge };
}

function readRules({
  last,
  counts,
  within,
  withinPeriods,
  tags,
}: z.infer<typeof retentionRulesSchema>): RetentionRules {
  return {
    last,
    counts,
    within: readDuration(within),
    withinPeriods: Object.fromEntries(
      retentionPeriods.map((period) => [period, readDuration(withinPeriods?.[period])]),
    ),
    tags,
  };
}

/** The contract lets only durations through. */
function readDuration(text: string | undefined): RetentionDuration | undefined {
  return text === undefined ? undefined : (parseRetentionDuration(text) ?? undefined);
}

function present({ source, hostname, paths, decisions }: RetentionGroup): ForgetGroup {
  return {
    source,
    hostname,
    paths: [...paths],
    decisions: decisions.map(({ snapshot, keep, reasons }) => ({
      snapshot: snapshot.id,
      takenAt: new Date(snapshot.takenAtMs).toISOString(),
      keep,
      reasons: [...reasons],
    })),
  };
}
