/** A run of a recovery plan: what is ready, what waits for whom, what a failure blocks, and how the whole stands. Pure. */
import type { RunState } from './run-states.ts';
import type { PlanStep } from './recovery-plans.ts';

/**
 * `asking`: it waits for a person. `interrupted`: its engine ended while it ran, and nobody knows how far it came.
 * `partial`: not all came back; what comes after waits until somebody takes it as it is. `skipped`: somebody went on without
 * it, with a reason. The others wait, run, or have ended.
 */
export const planStepStates = [
  'waiting',
  'running',
  'asking',
  'done',
  'partial',
  'failed',
  'interrupted',
  'skipped',
] as const;
export type PlanStepState = (typeof planStepStates)[number];

export type StepStates = ReadonlyMap<string, PlanStepState>;
type Ordered = readonly Pick<PlanStep, 'id' | 'after'>[];

export const planStepAnswers = ['confirm', 'skip', 'retry'] as const;
export type PlanStepAnswer = (typeof planStepAnswers)[number];

/** Whether what comes after it may begin. */
export function isPassed(state: PlanStepState | undefined): boolean {
  return state === 'done' || state === 'skipped';
}

/** Steps that nothing holds up, in the order of the plan. */
export function readySteps(steps: Ordered, states: StepStates): string[] {
  return steps
    .filter(({ id, after }) => states.get(id) === 'waiting' && after.every((before) => isPassed(states.get(before))))
    .map(({ id }) => id);
}

/** Which steps that have not gone well each waiting step is held up by, directly or not. Only those that are. */
export function blockedBy(steps: Ordered, states: StepStates): ReadonlyMap<string, readonly string[]> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const blockers = (id: string, seen: Set<string>): string[] =>
    (byId.get(id)?.after ?? []).flatMap((before) => {
      if (seen.has(before)) return [];
      seen.add(before);
      return isStuck(states.get(before)) ? [before] : blockers(before, seen);
    });
  return new Map(
    steps
      .filter(({ id }) => states.get(id) === 'waiting')
      .map(({ id }) => [id, blockers(id, new Set())] as const)
      .filter(([, found]) => found.length > 0),
  );
}

function isStuck(state: PlanStepState | undefined): boolean {
  return state === 'failed' || state === 'partial' || state === 'interrupted';
}

/**
 * How the whole stands while nobody has paused or stopped it. `waiting`: only a person can bring it on; `failed`: what is
 * left waits for a step that did not go well.
 */
export function planRunState(
  steps: Ordered,
  states: StepStates,
): Extract<RunState, 'running' | 'waiting' | 'failed' | 'partial' | 'done'> {
  const all = steps.map(({ id }) => states.get(id));
  if (all.includes('running') || readySteps(steps, states).length > 0) return 'running';
  if (all.includes('asking') || all.includes('interrupted')) return 'waiting';
  if (all.some((state) => !isPassed(state))) return 'failed';
  return all.includes('skipped') ? 'partial' : 'done';
}

/** What somebody may do with a step as it is. */
export function answersFor(kind: PlanStep['work']['kind'], state: PlanStepState): readonly PlanStepAnswer[] {
  switch (state) {
    case 'asking':
      return ['confirm', 'skip'];
    // Whoever has looked whether a command did its work may say that it has.
    case 'interrupted':
      return kind === 'command' ? ['retry', 'confirm', 'skip'] : ['retry', 'skip'];
    case 'failed':
    case 'partial':
      return ['retry', 'skip'];
    case 'waiting':
      return ['skip'];
    case 'running':
    case 'done':
    case 'skipped':
      return [];
  }
}

/** What an engine makes of a step that another one has left running. Restores and checks are safe to begin again. */
export function stateAfterLoss(kind: PlanStep['work']['kind']): PlanStepState {
  return kind === 'command' || kind === 'message' ? 'interrupted' : 'waiting';
}
