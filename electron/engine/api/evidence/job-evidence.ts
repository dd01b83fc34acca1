/** Evidence of a restore or repair that is one job and no run with steps. */
import type { Issue } from '../../../../shared/contract/common.ts';
import type { EvidenceDraft, EvidenceResult } from '../../../../shared/model/evidence.ts';
import { toHoldfastError, type HoldfastError } from '../../../../shared/model/errors.ts';
import type { CallContext } from '../context.ts';
import { keepEvidence } from './keep-evidence.ts';
import { targetRtoMs } from './target-rto.ts';

type About = Pick<EvidenceDraft, 'kind' | 'title' | 'notes'> & {
  /** What its only step does: "Write files and read them back". */
  readonly step: string;
};

type Told = Pick<EvidenceDraft, 'points' | 'verification'> & {
  readonly state: 'done' | 'partial' | 'failed';
  readonly summary: string | null;
  readonly notes?: readonly string[];
};

/** `onQueued` tells it of which job it is. */
export function jobEvidence(context: CallContext, about: About) {
  let subject = '';
  return {
    onQueued: (job: string): void => {
      subject = job;
    },
    /** Runs the work and records what became of it; what the work throws is thrown on. */
    async of<Result>(work: () => Promise<Result>, tell: (result: Result) => Told): Promise<Result> {
      const { runs } = context;
      const startedAtMs = runs.nowMs();
      const record = async (told: Told, result: EvidenceResult, error: HoldfastError | null): Promise<void> => {
        const endedAtMs = runs.nowMs();
        const targetMs = await targetRtoMs(
          context,
          told.points.map(({ source }) => source),
        );
        const frame = { context, about, subject, startedAtMs, endedAtMs, targetMs };
        await context.evidence.record(draftOf(frame, told, result, error));
        await keepEvidence(context);
      };
      let result: Result;
      try {
        result = await work();
      } catch (thrown) {
        const error = toHoldfastError(thrown);
        const told = { points: [], verification: null, state: 'failed' as const, summary: error.message };
        await record(told, error.code === 'CANCELLED' ? 'cancelled' : 'failed', error);
        throw thrown;
      }
      const told = tell(result);
      await record(told, told.state === 'done' ? 'succeeded' : told.state, null);
      return result;
    },
  };
}

export function issueLines(issues: readonly Issue[]): readonly string[] {
  return issues.map(({ path, message }) => `${path}: ${message}`);
}

type Frame = {
  readonly context: CallContext;
  readonly about: About;
  readonly subject: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly targetMs: number | null;
};

function draftOf(
  { context, about, subject, startedAtMs, endedAtMs, targetMs }: Frame,
  { points, verification, state, summary, notes = [] }: Told,
  result: EvidenceResult,
  error: HoldfastError | null,
): EvidenceDraft {
  const [startedAt, endedAt] = [startedAtMs, endedAtMs].map((ms) => new Date(ms).toISOString()) as [string, string];
  const isBack = result === 'succeeded' || result === 'partial';
  const failure = error === null ? null : { code: error.code, message: error.message };
  return {
    kind: about.kind,
    title: about.title,
    subject,
    ...context.caller,
    startedAt,
    endedAt,
    result,
    points,
    steps: [{ title: about.step, outcome: state, startedAt, endedAt, output: summary, error: failure }],
    verification,
    rto:
      about.kind === 'repair' ? null : { targetMs, measuredMs: isBack ? endedAtMs - startedAtMs : null, humanMs: null },
    notes: [...about.notes, ...notes],
  };
}
