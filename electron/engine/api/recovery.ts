import type { RestoreResult } from '../../../shared/contract/recovery.ts';
import type { EvidenceVerification } from '../../../shared/model/evidence.ts';
import { elsewhereWords } from '../../../shared/model/restore-places.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { Verdict } from '../jobs/job.ts';
import type { Voice } from '../jobs/voice.ts';
import { restore } from '../recovery/restore.ts';
import type { PlannedEvent } from '../recovery/restore-request.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots, resolveReference } from '../repository/snapshots.ts';
import { repositoryUse } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import { issueLines, jobEvidence } from './evidence/job-evidence.ts';
import { pointsOf } from './evidence/points.ts';
import { noteSpeed } from './points/note-speed.ts';
import { openFrom } from './points/restore-from.ts';
import { mustFindSite } from './site-access.ts';
import { protectWhatIsThere, refuseSafety, safetyWords } from './safety-snapshot.ts';
import { streamJob } from './stream-job.ts';

export const recoveryHandlers = {
  restore: handlers.recovery.restore.handler(async function* ({ input, context, signal }) {
    const { home, bounds } = context;
    const { source, target, overwrite, dryRun, verify, ignoreFreeSpace, detach, from, protectFirst } = input;
    if (protectFirst && (from !== undefined || dryRun))
      throw new HoldfastError('BAD_USAGE', 'A snapshot is taken first where something is written, and read from here.');
    await (target === null ? bounds.originalPlace() : bounds.folders([target]));
    const job = {
      kind: dryRun ? 'restore plan' : 'restore',
      title: `${input.selections.join(', ')} to ${target ?? 'the original place'}`,
      // Somebody waits for it, on a bad day.
      priority: 'urgent' as const,
      // Nothing waits for a repository that is not read from.
      repository:
        from === undefined
          ? await repositoryUse(context, input.repository, protectFirst ? 'write' : 'read')
          : await siteUse(context, from),
      detach,
      judge: verdictOf,
    };
    const evidence = jobEvidence(context, {
      kind: 'restore',
      title: job.title,
      step: 'Write files and folders',
      notes: [
        target === null ? 'To the original place.' : `To ${target}.`,
        ...(from === undefined ? [] : [`Asked for from ${from}.`]),
      ],
    });
    let queued = '';
    const onQueued = (id: string): void => {
      queued = id;
      evidence.onQueued(id);
    };
    yield* streamJob<RestoreResult, PlannedEvent>({ context, signal }, { ...job, onQueued }, async (voice) => {
      const { repository, selections: named } = await openFrom(context, input.repository, {
        from,
        selections: input.selections,
      });
      // Once a snapshot is taken, `latest` is that one.
      const selections = protectFirst ? await asIds(repository, named, source) : named;
      const options = { selections, source, target, overwrite, dryRun, verify, ignoreFreeSpace };
      const work = (): Promise<RestoreResult> => restore({ ...voice, repository, home, ...options });
      if (dryRun) return work();
      if (protectFirst)
        await safetyFirst(context, { repository, input: { ...input, selections }, voice, job: () => queued });
      const points = await pointsOf(repository, context.caller, selections, source);
      const told = async (): Promise<RestoreResult> => {
        const result = await work();
        const { writtenBytes: bytes, durationMs, elsewhere } = result;
        if (elsewhere.length === 0)
          await noteSpeed(context, repository.config.id, { work: 'restore', bytes, durationMs });
        return result;
      };
      return evidence.of(told, (result) => ({
        points,
        ...verdictOf(result),
        verification: verificationOf(result),
        notes: elsewhereWords(result.elsewhere),
      }));
    });
  }),
};

async function asIds(
  repository: Repository,
  references: readonly string[],
  source: string | undefined,
): Promise<string[]> {
  const { snapshots } = await listSnapshots(repository);
  return references.map((reference) => {
    const { snapshot, path } = resolveReference(snapshots, reference, source);
    return path === null ? snapshot.id : `${snapshot.id}:${path}`;
  });
}

type SafetyWork = {
  readonly repository: Repository;
  readonly input: {
    readonly repository: RepositoryAccess;
    readonly selections: readonly string[];
    readonly source?: string | undefined;
    readonly target: string | null;
  };
  readonly voice: Voice<PlannedEvent>;
  readonly job: () => string;
};

async function safetyFirst(context: CallContext, { repository, input, voice, job }: SafetyWork): Promise<void> {
  const { snapshots } = await listSnapshots(repository);
  const sources = input.selections.map((reference) => {
    const { snapshot } = resolveReference(snapshots, reference, input.source);
    return { source: snapshot.source, paths: snapshot.file.paths };
  });
  await refuseSafety(context, input.target, sources);
  const safety = await protectWhatIsThere(context, input.repository, sources, {
    voice: { ...voice, say: () => Promise.resolve() },
    job,
  });
  voice.onNotice(`${safetyWords(safety)}.`);
}

async function siteUse(context: CallContext, name: string) {
  const { definition } = await mustFindSite(context, name);
  return { location: definition.location, use: 'read' as const };
}

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
