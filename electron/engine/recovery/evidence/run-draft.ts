/** What a restore run leaves as evidence: a pure function of the run as its book has it. */
import { issueSchema } from '../../../../shared/contract/common.ts';
import type { RestoreRun, RunReport, RunStep } from '../../../../shared/contract/restore-runs.ts';
import type {
  EvidenceDraft,
  EvidenceResult,
  EvidenceStep,
  EvidenceVerification,
} from '../../../../shared/model/evidence.ts';
import { elsewhereWords } from '../../../../shared/model/restore-places.ts';
import { formatCount } from '../../../../shared/model/units.ts';

const results: Partial<Record<RestoreRun['state'], EvidenceResult>> = {
  done: 'succeeded',
  partial: 'partial',
  failed: 'failed',
  cancelled: 'cancelled',
  undone: 'succeeded',
};

/** Null while it is not at an end, or never began. `targetMs`: the recovery time that was asked for; null: none was. */
export function draftOfRun(
  { run, workedMs, durationMs, ...report }: RunReport,
  targetMs: number | null,
): EvidenceDraft | null {
  const result = results[run.state];
  const { startedAt, endedAt } = run;
  if (result === undefined || startedAt === null || endedAt === null) return null;
  const isMove = run.kind === 'failover' || run.kind === 'failback';
  const isBack = (run.state === 'done' || run.state === 'partial') && durationMs !== null;
  return {
    kind: isMove ? 'failover' : 'restore',
    title: run.state === 'undone' ? `Undone: ${run.title}` : run.title,
    subject: run.id,
    tenant: run.tenant,
    actor: run.actor,
    startedAt,
    endedAt,
    result,
    points: run.selections.map(({ snapshot, takenAt, source, path }) => {
      return { repository: run.repository?.id ?? null, snapshot, source, takenAt, path };
    }),
    steps: run.steps.map(stepOf),
    verification: verificationOf(run, report),
    rto: {
      targetMs,
      measuredMs: isBack ? durationMs : null,
      // What steps did not take, somebody took: a pause, a question.
      humanMs: isBack ? Math.max(0, durationMs - workedMs) : null,
    },
    notes: notesOf(run, report),
  };
}

function stepOf({ title, state, startedAt, endedAt, detail, result, error }: RunStep): EvidenceStep {
  const facts = Object.entries(result ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [`${name}: ${value}`] : [],
  );
  const lines = [...(detail === null ? [] : [detail]), ...facts];
  return {
    title,
    outcome: state,
    startedAt,
    endedAt,
    output: lines.length === 0 ? null : lines.join('\n'),
    error: error === null ? null : { code: error.code, message: error.message },
  };
}

type Counts = Omit<RunReport, 'run' | 'workedMs' | 'durationMs'>;

/** By steps that compare. Null where there is none that has run. */
function verificationOf({ steps, kind }: RestoreRun, report: Counts): EvidenceVerification | null {
  const compared = steps.filter(({ id, state }) => id.startsWith('verify') && state !== 'waiting');
  const counted = report.verifiedFiles !== null && report.verifiedFiles > 0;
  if (compared.length === 0 && !counted) return null;
  const checks = compared.map(({ title, detail }) => (detail === null ? `${title}.` : `${title}: ${detail}.`));
  const asWritten =
    kind === 'bucket' ? 'Each object was asked for again once it was written.' : 'What was written was read back.';
  return {
    ok: compared.every(({ state }) => state === 'done') && report.exceptionCount === 0,
    checks: checks.length === 0 ? [asWritten] : checks,
    problems: compared.flatMap(problemsOf),
    files: report.verifiedFiles,
    bytes: report.verifiedBytes,
  };
}

function problemsOf({ error, result }: RunStep): readonly string[] {
  const issues = issueSchema.array().safeParse(result?.['issues'] ?? []);
  const named = issues.success ? issues.data.map(({ path, message }) => `${path}: ${message}`) : [];
  return error === null ? named : [error.message, ...named];
}

function notesOf(
  { where, repository, bucket, aws, move, error }: RestoreRun,
  { kept, replaced, from, elsewhere }: Counts,
): readonly string[] {
  const to = where === null ? [] : [where.target === null ? 'To the original place.' : `To ${where.target}.`];
  const conflicts = [
    ...(replaced > 0 ? [`${formatCount(replaced)} things that were in the way were replaced.`] : []),
    ...(kept > 0 ? [`${formatCount(kept)} things that were in the way were kept.`] : []),
  ];
  return [
    ...(repository === null ? [] : [`From the repository at ${repository.location}.`]),
    ...to,
    ...(bucket === null ? [] : [`To the bucket ${bucket.bucket}.`]),
    ...(aws === null ? [] : [`In AWS, region ${aws.region}.`]),
    ...(move === null ? [] : [`Protection moves from ${move.from.location} to ${move.to.location}.`]),
    ...(from === null || from === repository?.location ? [] : [`Read from ${from}.`]),
    ...elsewhereWords(elsewhere),
    ...conflicts,
    ...(error === null ? [] : [error.message]),
  ];
}
