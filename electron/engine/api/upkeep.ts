import type { z } from 'zod';
import type { ForgetGroup, retentionRulesSchema } from '../../../shared/contract/upkeep.ts';
import {
  parseRetentionDuration,
  retentionPeriods,
  type RetentionDuration,
  type RetentionGroup,
  type RetentionRules,
} from '../../../shared/model/retention.ts';
import { forgetSnapshots } from '../repository/upkeep/forget.ts';
import type { PrunePlan } from '../repository/upkeep/prune-report.ts';
import { pruneRepository } from '../repository/upkeep/prune.ts';
import { repairIndex } from '../repository/upkeep/repair-index.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';
import { streamOperation } from './operation.ts';

type ForgetPlanned = { type: 'planned'; groups: ForgetGroup[] };
type PrunePlanned = { type: 'planned'; plan: PrunePlan };

export const upkeepHandlers = {
  forget: handlers.upkeep.forget.handler(async function* ({ input, context, signal }) {
    const repository = await openAccess(input.repository);
    const { snapshots, source, allowLast, dryRun } = input;
    yield* streamOperation(signal, async (voice: VoiceOf<ForgetPlanned>) => {
      const outcome = await forgetSnapshots({
        ...voice,
        repository,
        caller: context.caller,
        snapshots,
        source,
        rules: readRules(input.rules),
        allowLast,
        dryRun,
        now: Date.now,
        onPlan: (groups) => voice.say({ type: 'planned', groups: groups.map(present) }),
        onRemoved: (doneItems, totalItems) => {
          const none = { doneBytes: 0, totalBytes: null, currentItem: null, issues: 0 };
          voice.onProgress({ phase: 'Removing snapshots', doneItems, totalItems, ...none });
        },
      });
      const { removed, unreadable } = outcome;
      return { dryRun, groups: outcome.groups.map(present), removed: [...removed], unreadable: [...unreadable] };
    });
  }),
  prune: handlers.upkeep.prune.handler(async function* ({ input, signal }) {
    const startedAt = performance.now();
    const { maxUnused, waitMs, dryRun } = input;
    yield* streamOperation(signal, async (voice: VoiceOf<PrunePlanned>) => {
      const outcome = await pruneRepository({
        ...voice,
        open: () => openAccess(input.repository),
        maxUnused,
        maxRepackBytes: input.maxRepackBytes ?? Infinity,
        waitMs,
        dryRun,
        onPlan: (plan) => voice.say({ type: 'planned', plan }),
      });
      return { dryRun, ...outcome, issues: [...outcome.issues], durationMs: performance.now() - startedAt };
    });
  }),
  repairIndex: handlers.upkeep.repairIndex.handler(async function* ({ input, signal }) {
    const startedAt = performance.now();
    const repository = await openAccess(input.repository);
    yield* streamOperation(signal, async (voice) => {
      const { unreadable, missing, ...numbers } = await repairIndex({ ...voice, repository });
      const durationMs = performance.now() - startedAt;
      return { ...numbers, unreadable: [...unreadable], missing: [...missing], durationMs };
    });
  }),
};

type VoiceOf<Extra> = Parameters<Parameters<typeof streamOperation<unknown, Extra>>[1]>[0];

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
