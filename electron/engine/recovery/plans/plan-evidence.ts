/** What a run of a recovery plan leaves as evidence. */
import type { PlanRun } from '../../../../shared/contract/plan-runs.ts';
import type { EvidenceDraft, EvidenceResult } from '../../../../shared/model/evidence.ts';
import { isRestore } from '../../../../shared/model/recovery-plans.ts';

const resultOf: Partial<Readonly<Record<PlanRun['state'], EvidenceResult>>> = {
  done: 'succeeded',
  partial: 'partial',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Null: it has not ended. A rehearsal is evidence of the drill that it belongs to. */
export function planDraft(run: PlanRun): EvidenceDraft | null {
  const result = resultOf[run.state];
  const { startedAt, endedAt, isolation } = run;
  if (result === undefined || startedAt === null || endedAt === null || isolation !== null) return null;
  return {
    kind: 'plan',
    title: run.plan.name,
    subject: run.id,
    tenant: run.tenant,
    actor: run.actor,
    startedAt,
    endedAt,
    result,
    points: run.steps.flatMap(({ step: { work }, point }) =>
      point === null || !isRestore(work)
        ? []
        : [{ ...point, source: work.source, path: work.kind === 'folder' ? work.path : '/' }],
    ),
    steps: run.steps.map(({ step, state, startedAt: began, endedAt: ended, detail, output, error }) => ({
      title: step.title,
      outcome: state,
      startedAt: began,
      endedAt: ended,
      output: [detail, output].filter((text) => text !== null && text !== '').join('\n') || null,
      error: error === null ? null : { code: error.code, message: error.message },
    })),
    verification: null,
    rto: timesOf(run),
    notes: notesOf(run),
  };
}

function timesOf({ plan, state, startedAt, endedAt, steps }: PlanRun): EvidenceDraft['rto'] {
  const spans = steps.flatMap(({ step, startedAt: began, endedAt: ended }) =>
    step.work.kind !== 'checkpoint' || began === null || ended === null ? [] : [Date.parse(ended) - Date.parse(began)],
  );
  const isBack = (state === 'done' || state === 'partial') && startedAt !== null && endedAt !== null;
  return {
    targetMs: plan.targetRtoMs,
    measuredMs: isBack ? Date.parse(endedAt) - Date.parse(startedAt) : null,
    humanMs: spans.length === 0 ? null : spans.reduce((sum, span) => sum + span, 0),
  };
}

function notesOf({ version, values, steps }: PlanRun): string[] {
  const set = Object.entries(values).map(([name, value]) => `${name} was ${value}.`);
  const said = steps.flatMap(({ step, answer }) => {
    if (answer === null) return [];
    const { what, name, actor, at, reason } = answer;
    const who = name === '' ? actor : `${name} (${actor})`;
    return [`${step.title}: ${what} by ${who} at ${at}${reason === '' ? '' : `, because: ${reason}`}.`];
  });
  return [`Version ${version} of the plan.`, ...set, ...said];
}
