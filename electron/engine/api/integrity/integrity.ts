import type { RepairResult, ScrubResult } from '../../../../shared/contract/integrity.ts';
import { repairReportSchema } from '../../../../shared/contract/integrity.ts';
import { coveragePercent, defaultScrubDays } from '../../../../shared/model/scrub.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import type { Verdict } from '../../jobs/job.ts';
import { openAccess, repositoryUse } from '../access.ts';
import { handlers } from '../context.ts';
import { numberSetting } from '../number-setting.ts';
import { streamJob } from '../stream-job.ts';
import { lockFacts } from './scheduled-locks.ts';
import { repairNow } from './repair-repository.ts';
import { scrubRepository } from './scrub-repository.ts';

const shownRepairs = 50;

export const integrityHandlers = {
  scrub: handlers.integrity.scrub.handler(async function* ({ input, context, signal }) {
    const { all, thaw, detach } = input;
    const use = await repositoryUse(context, input.repository, 'read');
    const job = { kind: 'scrub', title: use.location, priority: 'normal' as const, repository: use, detach };
    yield* streamJob({ context, signal }, { ...job, judge: judgeScrub }, async (voice) => {
      const repository = await openAccess(context, input.repository);
      return scrubRepository(context, { repository, all, thaw, nowMs: context.nowMs() }, voice);
    });
  }),
  repair: handlers.integrity.repair.handler(async function* ({ input, context, signal }) {
    const { dryRun, bringBack, detach, from } = input;
    const startedAt = performance.now();
    const use = await repositoryUse(context, input.repository, dryRun ? 'read' : 'write');
    const job = { kind: 'repair', title: use.location, priority: 'normal' as const, repository: use, detach };
    yield* streamJob({ context, signal }, { ...job, judge: judgeRepair }, async (voice) => {
      const repository = await openAccess(context, input.repository);
      const report = await repairNow(context, { repository, suspects: null, dryRun, bringBack, from }, voice);
      return { ...report, dryRun, durationMs: performance.now() - startedAt };
    });
  }),
  health: handlers.integrity.health.handler(async ({ input, context }) => {
    const { catalog, caller } = context;
    const { id } = (await openAccess(context, input.repository)).config;
    const [everyDays, scrub, damage, repairs, locks] = await Promise.all([
      numberSetting(context, 'scrub.days', defaultScrubDays),
      catalog.read('integrity.scrub', caller, { repository: id }),
      catalog.read('integrity.damage', caller, { repository: id }),
      catalog.read('integrity.repairs', caller, { repository: id, limit: shownRepairs }),
      lockFacts(context, id),
    ]);
    return {
      everyDays,
      coverage: scrub?.coverage ?? null,
      steppedAtMs: scrub?.steppedAtMs ?? null,
      locks,
      damage,
      repairs: repairs.map(({ id: repair, endedAtMs, outcome }) => {
        return { id: repair, endedAtMs, report: repairReportSchema.parse(JSON.parse(outcome)) };
      }),
    };
  }),
};

export function judgeScrub({ damaged, filesRead, bytesRead, coverage, everyDays }: ScrubResult): Verdict {
  const read = `${formatCount(filesRead)} files read, ${formatBytes(bytesRead)}`;
  const percent = coveragePercent(coverage);
  if (damaged.length === 0)
    return { state: 'done', summary: `${read}; ${percent} % of all was read in the last ${everyDays} days.` };
  return { state: 'failed', summary: `${formatCount(damaged.length)} damaged files found; ${read}.` };
}

export function judgeRepair({
  files,
  losses,
  lostFiles,
  postponed,
  fetched,
}: Pick<RepairResult, 'files' | 'losses' | 'lostFiles' | 'postponed' | 'fetched'>): Verdict {
  const lost = losses.count + lostFiles.length;
  const done = files.filter(({ whole }) => whole).length;
  if (lost > 0)
    return { state: 'partial', summary: `${formatCount(done)} files repaired; ${formatCount(lost)} things are lost.` };
  if (postponed !== null) return { state: 'partial', summary: `${formatCount(done)} files repaired; ${postponed}` };
  return {
    state: 'done',
    summary: files.length + fetched.length === 0 ? 'Nothing is damaged.' : `${formatCount(done)} files repaired.`,
  };
}
