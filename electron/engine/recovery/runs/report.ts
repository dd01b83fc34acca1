/** The facts of a run, from what its steps have left. */
import type { AwsRestorePlan, AwsRunReport } from '../../../../shared/contract/aws-restores.ts';
import type { Issue } from '../../../../shared/contract/common.ts';
import { runReportSchema } from '../../../../shared/contract/restore-runs.ts';
import { issueSchema } from '../../../../shared/contract/common.ts';
import type { RestoreRun, RunReport, RunStep } from '../../../../shared/contract/restore-runs.ts';
import { guestNotes } from '../../../../shared/model/aws-guest-notes.ts';
import { commandsOf } from './commands.ts';

const maximumExceptions = 1000;

export function reportOf(run: RestoreRun, nowMs: number): RunReport {
  const [write, verify] = ['write', 'verify'].map((id) => run.steps.find((step) => step.id === id)?.result ?? null);
  const exceptions = run.steps.flatMap(({ result }) => issuesOf(result));
  const { selections, where, repository, aws } = run;
  return {
    run,
    madeAt: new Date(nowMs).toISOString(),
    files: numberOf(write, 'files') ?? 0,
    folders: numberOf(write, 'folders') ?? 0,
    others: numberOf(write, 'others') ?? 0,
    bytes: numberOf(write, 'bytes') ?? 0,
    writtenBytes: numberOf(write, 'writtenBytes') ?? 0,
    unchangedFiles: numberOf(write, 'unchangedFiles') ?? 0,
    // Of a bucket each is asked for as soon as it is written.
    verifiedFiles: numberOf(verify ?? write, 'verifiedFiles'),
    verifiedBytes: numberOf(verify, 'verifiedBytes'),
    kept: numberOf(write, 'kept') ?? 0,
    replaced: numberOf(write, 'replaced') ?? 0,
    from: typeof write?.['from'] === 'string' ? write['from'] : null,
    elsewhere: elsewhereOf(write),
    exceptions: exceptions.slice(0, maximumExceptions),
    exceptionCount: run.steps.reduce((sum, { result }) => sum + (numberOf(result, 'issueCount') ?? 0), 0),
    durationMs: between(run.startedAt, run.endedAt),
    workedMs: run.steps.reduce((sum, { startedAt, endedAt }) => sum + (between(startedAt, endedAt) ?? 0), 0),
    commands:
      where === null || repository === null
        ? { restic: [], holdfast: [] }
        : commandsOf({ location: repository.location, selections, ...where }),
    aws: aws === null ? null : { made: madeIn(run, aws), guestNotes: guestNotes(aws.want.kind) },
  };
}

/** Steps that make something with a name of its own. */
const making: ReadonlySet<string> = new Set(['copy-snapshot', 'make-volume', 'register', 'make-group', 'launch']);

function madeIn({ steps }: RestoreRun, { deeds, region }: AwsRestorePlan): AwsRunReport['made'] {
  return deeds.flatMap(({ id, do: deed }) => {
    const step = steps.find((one) => one.id === id);
    const made = deed === 'replace-root' ? step?.result?.['volume'] : making.has(deed) ? step?.result?.['id'] : null;
    return step === undefined || typeof made !== 'string' ? [] : [{ step: id, title: step.title, id: made, region }];
  });
}

type Facts = RunStep['result'] | undefined;

function numberOf(facts: Facts, name: string): number | null {
  const value = facts?.[name];
  return typeof value === 'number' ? value : null;
}

function elsewhereOf(facts: Facts): RunReport['elsewhere'] {
  return runReportSchema.shape.elsewhere.safeParse(facts?.['elsewhere'] ?? []).data ?? [];
}

function issuesOf(facts: Facts): Issue[] {
  const found = issueSchema.array().safeParse(facts?.['issues'] ?? []);
  return found.success ? found.data : [];
}

function between(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from));
}
