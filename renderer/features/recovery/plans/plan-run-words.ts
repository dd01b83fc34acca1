/** States of a plan's run and of its steps in words and tones, and what waits for whom. Pure. */
import type { PlanRun, PlanRunStep } from '../../../../shared/contract/plan-runs.ts';
import { blockedBy, readySteps, type PlanStepState } from '../../../../shared/model/plan-runs.ts';
import type { Said } from '../../../components/tone.ts';

const ofSteps: Readonly<Record<PlanStepState, Said>> = {
  waiting: { tone: 'none', words: 'to do' },
  running: { tone: 'run', words: 'running' },
  asking: { tone: 'part', words: 'your turn' },
  done: { tone: 'good', words: 'done' },
  partial: { tone: 'part', words: 'partial' },
  failed: { tone: 'fail', words: 'failed' },
  interrupted: { tone: 'miss', words: 'interrupted' },
  skipped: { tone: 'none', words: 'skipped' },
};

export function sayPlanStep(state: PlanStepState): Said {
  return ofSteps[state];
}

const needsSomebody: ReadonlySet<PlanStepState> = new Set(['asking', 'failed', 'partial', 'interrupted']);

export type Now = {
  readonly happening: readonly PlanRunStep[];
  /** What only a person can bring on. */
  readonly yours: readonly PlanRunStep[];
  readonly next: readonly PlanRunStep[];
  readonly over: number;
};

export function nowOf({ steps }: Pick<PlanRun, 'steps'>): Now {
  const happening = steps.filter(({ state }) => state === 'running');
  const yours = steps.filter(({ state }) => needsSomebody.has(state));
  // What begins once all that is at work now has gone well.
  const then = new Map(
    steps.map(
      ({ step, state }) => [step.id, state === 'running' || needsSomebody.has(state) ? 'done' : state] as const,
    ),
  );
  const ids = new Set(
    readySteps(
      steps.map(({ step }) => step),
      then,
    ),
  );
  return {
    happening,
    yours,
    next: steps.filter(({ step }) => ids.has(step.id)),
    over: steps.filter(({ state }) => state === 'done' || state === 'skipped').length,
  };
}

/** By the id of a step, titles of those that hold it up. */
export function heldUp({ steps }: Pick<PlanRun, 'steps'>): ReadonlyMap<string, string> {
  const states = new Map(steps.map(({ step, state }) => [step.id, state] as const));
  const titles = new Map(steps.map(({ step }) => [step.id, step.title] as const));
  const blocked = blockedBy(
    steps.map(({ step }) => step),
    states,
  );
  return new Map([...blocked].map(([id, by]) => [id, by.map((one) => titles.get(one) ?? one).join(', ')] as const));
}

export function headlineOf({ state, steps }: Pick<PlanRun, 'state' | 'steps'>): string {
  const { over, yours } = nowOf({ steps });
  const count = `${over} of ${steps.length} steps done`;
  switch (state) {
    case 'done':
      return 'All of it is done';
    case 'partial':
      return 'Done, without what was skipped';
    case 'waiting':
      return yours.some((step) => step.state === 'asking') ? 'It waits for you' : 'It needs you';
    case 'failed':
      return 'It cannot go on';
    case 'interrupted':
      return 'The engine ended while this ran';
    case 'paused':
      return `Paused, ${count}`;
    case 'cancelled':
      return `Stopped, ${count}`;
    case 'ready':
      return 'Ready to begin';
    default:
      return count;
  }
}
