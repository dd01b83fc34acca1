import type { RestoreResult } from '../../../shared/contract/recovery.ts';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import type { Verdict } from '../jobs/job.ts';
import { restore, type PlannedEvent } from '../recovery/restore.ts';
import { openAccess, repositoryUse } from './access.ts';
import { handlers } from './context.ts';
import { streamJob } from './stream-job.ts';

export const recoveryHandlers = {
  restore: handlers.recovery.restore.handler(async function* ({ input, context, signal }) {
    const { home } = context;
    const { selections, source, target, overwrite, dryRun, verify, detach } = input;
    const job = {
      kind: dryRun ? 'restore plan' : 'restore',
      title: `${selections.join(', ')} to ${target ?? 'the original place'}`,
      // Somebody waits for it, on a bad day.
      priority: 'urgent' as const,
      repository: await repositoryUse(context, input.repository, 'read'),
      detach,
      judge: verdictOf,
    };
    yield* streamJob<RestoreResult, PlannedEvent>({ context, signal }, job, async (voice) => {
      const repository = await openAccess(context, input.repository);
      return restore({ ...voice, repository, home, selections, source, target, overwrite, dryRun, verify });
    });
  }),
};

function verdictOf({ issues, conflicts, files, writtenBytes, dryRun }: RestoreResult): Verdict {
  const short = issues.length > 0 || conflicts.some(({ action }) => action === 'kept');
  const done = `${formatCount(files)} files, ${formatBytes(writtenBytes)} ${dryRun ? 'would be written' : 'written'}`;
  return { state: short ? 'partial' : 'done', summary: `${done}, ${formatCount(issues.length)} problems.` };
}
