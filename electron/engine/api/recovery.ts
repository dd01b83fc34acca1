import type { RestoreResult } from '../../../shared/contract/recovery.ts';
import type { EvidenceVerification } from '../../../shared/model/evidence.ts';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import type { Verdict } from '../jobs/job.ts';
import { restore, type PlannedEvent } from '../recovery/restore.ts';
import { openAccess, repositoryUse } from './access.ts';
import { handlers } from './context.ts';
import { issueLines, jobEvidence } from './evidence/job-evidence.ts';
import { pointsOf } from './evidence/points.ts';
import { streamJob } from './stream-job.ts';

export const recoveryHandlers = {
  restore: handlers.recovery.restore.handler(async function* ({ input, context, signal }) {
    const { home, bounds } = context;
    const { selections, source, target, overwrite, dryRun, verify, ignoreFreeSpace, detach } = input;
    await (target === null ? bounds.originalPlace() : bounds.folders([target]));
    const job = {
      kind: dryRun ? 'restore plan' : 'restore',
      title: `${selections.join(', ')} to ${target ?? 'the original place'}`,
      // Somebody waits for it, on a bad day.
      priority: 'urgent' as const,
      repository: await repositoryUse(context, input.repository, 'read'),
      detach,
      judge: verdictOf,
    };
    const evidence = jobEvidence(context, {
      kind: 'restore',
      title: job.title,
      step: 'Write files and folders',
      notes: [target === null ? 'To the original place.' : `To ${target}.`],
    });
    const { onQueued } = evidence;
    yield* streamJob<RestoreResult, PlannedEvent>({ context, signal }, { ...job, onQueued }, async (voice) => {
      const repository = await openAccess(context, input.repository);
      const options = { selections, source, target, overwrite, dryRun, verify, ignoreFreeSpace };
      const work = (): Promise<RestoreResult> => restore({ ...voice, repository, home, ...options });
      if (dryRun) return work();
      const points = await pointsOf(repository, context.caller, selections, source);
      return evidence.of(work, (result) => ({ points, ...verdictOf(result), verification: verificationOf(result) }));
    });
  }),
};

/** Null where nothing was read back. */
function verificationOf({ verifiedFiles, verifiedBytes, issues }: RestoreResult): EvidenceVerification | null {
  if (verifiedFiles === 0 && issues.length === 0) return null;
  return {
    ok: issues.length === 0,
    checks: ['What was written was read back and compared with the hashes in the snapshot.'],
    problems: issueLines(issues),
    files: verifiedFiles,
    bytes: verifiedBytes,
  };
}

function verdictOf({ issues, conflicts, files, writtenBytes, dryRun }: RestoreResult): Verdict {
  const short = issues.length > 0 || conflicts.some(({ action }) => action === 'kept');
  const done = `${formatCount(files)} files, ${formatBytes(writtenBytes)} ${dryRun ? 'would be written' : 'written'}`;
  return { state: short ? 'partial' : 'done', summary: `${done}, ${formatCount(issues.length)} problems.` };
}
