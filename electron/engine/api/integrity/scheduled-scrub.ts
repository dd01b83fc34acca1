/** Reads stored data again, a step at a time, and repairs what that finds; all by itself, in an engine that stays. */
import type { RepairReport, ScrubResult } from '../../../../shared/contract/integrity.ts';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import { defaultScrubDays, scrubDue } from '../../../../shared/model/scrub.ts';
import { frozenBy } from '../../configuration/held.ts';
import { nobody } from '../../jobs/voice.ts';
import type { Suspects } from '../../repository/repair/survey.ts';
import type { Repository } from '../../repository/repository.ts';
import { openAccess, repositoryUse } from '../access.ts';
import type { CallContext } from '../context.ts';
import { numberSetting } from '../number-setting.ts';
import { judgeRepair, judgeScrub } from './integrity.ts';
import { repairNow } from './repair-repository.ts';
import { scrubRepository } from './scrub-repository.ts';

export type ScrubIfDue = { readonly repository: RepositoryAccess; readonly nowMs: number };

/** Never throws; what fails is tried again later. `nextMs` is when to look again at the latest. */
export async function scrubIfDue(context: CallContext, request: ScrubIfDue): Promise<{ readonly nextMs: number }> {
  const { catalog, caller } = context;
  const { nowMs } = request;
  try {
    const { id } = (await openAccess(context, request.repository)).config;
    const everyDays = await numberSetting(context, 'scrub.days', defaultScrubDays);
    const state = await catalog.read('integrity.scrub', caller, { repository: id });
    if (state === null) await catalog.write('integrity.seen', caller, { repository: id, atMs: nowMs });
    const { due, nextMs } = scrubDue(state ?? { sinceMs: nowMs, steppedAtMs: null, failed: null }, nowMs, everyDays);
    if (!due) return { nextMs };
    const scrubbed = await runScrub(context, request).catch(async () => {
      await catalog.write('integrity.failed', caller, { repository: id, atMs: nowMs });
      return null;
    });
    if (scrubbed !== null && scrubbed.damaged.length > 0) await repairFound(context, request, scrubbed);
    return { nextMs };
  } catch {
    // Its password has not been entered, or it cannot be reached.
    return { nextMs: nowMs + 3_600_000 };
  }
}

async function runScrub(context: CallContext, { repository: access, nowMs }: ScrubIfDue): Promise<ScrubResult> {
  const use = await repositoryUse(context, access, 'read');
  const own = { id: '' };
  // It has time: whoever needs the repository alone does not wait for it, and it takes nobody's place.
  const mustMakeRoom = (): boolean => context.jobs.standsInTheWay(own.id);
  const demand = { priority: 'background', repository: use, takesNoPlace: true } as const;
  const job = context.jobs.start(
    { caller: context.caller, kind: 'scrub', title: use.location, ...demand },
    nobody,
    async (voice) => {
      const repository = await openAccess(context, access);
      return scrubRepository(context, { repository, all: false, nowMs, mustMakeRoom }, voice);
    },
    judgeScrub,
  );
  own.id = job.id;
  return job.result;
}

/** What a scrub has found damaged is repaired, unless an operator wants to do that; never while everything is frozen. */
async function repairFound(
  context: CallContext,
  { repository: access }: ScrubIfDue,
  { damaged }: ScrubResult,
): Promise<RepairReport | null> {
  if (!(await isAutomatic(context))) return null;
  const packs = damaged.flatMap(({ path }) => (path.startsWith('data/') ? [path.slice('data/'.length)] : []));
  return repairInBackground(context, access, { packs, blobs: [] }).catch(() => null);
}

/** Of damage that somebody has met while reading: where it is, a repair finds out. Never rejects. */
export async function repairMet(context: CallContext, repository: Repository, blobs: readonly string[]): Promise<void> {
  try {
    if (!(await isAutomatic(context))) return;
    const all = await context.connections.list(context.caller);
    const place = all.find(
      (one) => one.repository === repository.config.id && one.location === repository.backend.location,
    );
    if (place !== undefined) await repairInBackground(context, { id: place.id }, { packs: [], blobs });
  } catch {
    // The next scrub finds it again.
  }
}

async function isAutomatic({ catalog, caller }: CallContext): Promise<boolean> {
  const settings = await catalog.read('settings.list', caller, null);
  return settings.find(({ key }) => key === 'repair.automatic')?.value !== false;
}

async function repairInBackground(
  context: CallContext,
  access: RepositoryAccess,
  suspects: Suspects,
): Promise<RepairReport | null> {
  const repository = await openAccess(context, access);
  if ((await frozenBy(context, repository, () => undefined)) !== null) return null;
  const use = await repositoryUse(context, access, 'write');
  const job = context.jobs.start(
    { caller: context.caller, kind: 'repair', title: use.location, priority: 'background', repository: use },
    nobody,
    (voice) => repairNow(context, { repository, suspects, dryRun: false, bringBack: false }, voice),
    judgeRepair,
  );
  return job.result;
}
