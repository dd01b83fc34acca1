/** Gives the space of removed snapshots back, by itself, when that is due. */
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import { formatBytes } from '../../../shared/model/units.ts';
import { defaultPruneDays, upkeepDue } from '../../../shared/model/upkeep-due.ts';
import { nobody, type Voice } from '../jobs/voice.ts';
import { pruneRepository, type PruneOutcome } from '../repository/upkeep/prune.ts';
import { refuseRemoval } from './fence.ts';
import { openAccess, repositoryUse } from './access.ts';
import type { CallContext } from './context.ts';
import { numberSetting } from './number-setting.ts';
import { knownSites } from './site-access.ts';

export type PruneIfDue = { readonly repository: RepositoryAccess; readonly nowMs: number };

/** What a prune may copy at a time; what is beyond it goes on the next day. */
const defaultBudgetBytes = 20 * 1024 ** 3;

/**
 * To be called for each repository that is connected, now and then. Never throws; what fails is tried again later.
 * `nextMs` is when to look again at the latest.
 */
export async function pruneIfDue(
  context: CallContext,
  request: PruneIfDue,
): Promise<{ readonly ran: boolean; readonly nextMs: number }> {
  const { catalog, caller } = context;
  const { nowMs } = request;
  try {
    const { id } = (await openAccess(context, request.repository)).config;
    if (await isAppendOnly(context, id)) return { ran: false, nextMs: nowMs + 24 * 3_600_000 };
    const everyDays = await numberSetting(context, 'prune.days', defaultPruneDays);
    const state = await catalog.read('upkeep.state', caller, { repository: id });
    if (state === null) await catalog.write('upkeep.removed', caller, { repository: id, count: 0, atMs: nowMs });
    const { due, nextMs } = upkeepDue(
      state ?? { sinceMs: nowMs, prunedAtMs: null, leftOver: false, removed: 0, failed: null },
      nowMs,
      everyDays,
    );
    if (!due) return { ran: false, nextMs };
    await runJob(context, request).then(
      ({ plan }) =>
        catalog.write('upkeep.pruned', caller, { repository: id, leftOver: plan.overBudget.packs > 0, atMs: nowMs }),
      () => catalog.write('upkeep.failed', caller, { repository: id, atMs: nowMs }),
    );
    return { ran: true, nextMs };
  } catch {
    // Its password has not been entered, or it cannot be reached.
    return { ran: false, nextMs: nowMs + 3_600_000 };
  }
}

/** Only a site's own administrator takes anything out of one that is. */
async function isAppendOnly(context: CallContext, repository: string): Promise<boolean> {
  const sites = await knownSites(context);
  return sites.some(({ definition }) => definition.repository === repository && definition.appendOnly);
}

async function runJob(context: CallContext, { repository: access }: PruneIfDue): Promise<PruneOutcome> {
  const job = context.jobs.start(
    {
      caller: context.caller,
      kind: 'prune',
      title: (await repositoryUse(context, access, 'exclusive')).location,
      priority: 'background',
      repository: await repositoryUse(context, access, 'exclusive'),
    },
    nobody,
    (voice) => prune(context, access, voice),
    ({ issues, freedBytes, plan }) => ({
      state: issues.length > 0 ? 'partial' : 'done',
      summary: `${formatBytes(Math.max(0, freedBytes))} given back${plan.overBudget.packs > 0 ? '; the rest follows tomorrow' : ''}.`,
    }),
  );
  return job.result;
}

async function prune(context: CallContext, access: RepositoryAccess, voice: Voice): Promise<PruneOutcome> {
  const maxRepackBytes = await numberSetting(context, 'prune.bytes', defaultBudgetBytes);
  const open = async () => {
    const repository = await openAccess(context, access);
    await refuseRemoval(context, repository, (text) => voice.onNotice(text));
    await context.runs.refuseWhileUnfinished(context.caller, repository.config.id);
    return repository;
  };
  const maxUnused = { percent: 5 };
  return pruneRepository({
    ...voice,
    open,
    maxUnused,
    maxRepackBytes,
    waitMs: 60_000,
    dryRun: false,
    onPlan: () => undefined,
  });
}
