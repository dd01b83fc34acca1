/** States of restore runs and of their steps, in words and tones. Pure. */
import type { RestoreRun, RunStep } from '../../../shared/contract/restore-runs.ts';
import type { Said } from '../../components/tone.ts';
import type { Step } from '../../components/step-rail.tsx';

const ofRuns: Readonly<Record<RestoreRun['state'], Said>> = {
  ready: { tone: 'none', words: 'ready' },
  running: { tone: 'run', words: 'running' },
  paused: { tone: 'part', words: 'paused' },
  waiting: { tone: 'part', words: 'your turn' },
  verifying: { tone: 'run', words: 'verifying' },
  undoing: { tone: 'run', words: 'undoing' },
  done: { tone: 'good', words: 'done' },
  partial: { tone: 'part', words: 'partial' },
  failed: { tone: 'fail', words: 'failed' },
  cancelled: { tone: 'none', words: 'stopped' },
  undone: { tone: 'none', words: 'undone' },
  interrupted: { tone: 'miss', words: 'interrupted' },
};

export function sayRunState(state: RestoreRun['state']): Said {
  return ofRuns[state];
}

const ofSteps: Readonly<Record<RunStep['state'], Said>> = {
  waiting: { tone: 'none', words: 'to do' },
  running: { tone: 'run', words: 'running' },
  done: { tone: 'good', words: 'done' },
  partial: { tone: 'part', words: 'partial' },
  failed: { tone: 'fail', words: 'failed' },
  stopped: { tone: 'part', words: 'stopped' },
  undone: { tone: 'none', words: 'undone' },
};

export function sayStepState(state: RunStep['state']): Said {
  return ofSteps[state];
}

const active: ReadonlySet<RestoreRun['state']> = new Set(['running', 'verifying', 'undoing']);

export function isAtWork({ state }: Pick<RestoreRun, 'state'>): boolean {
  return active.has(state);
}

/** Whether it can be begun or gone on with. */
export function canGoOn({ state, closedAt }: Pick<RestoreRun, 'state' | 'closedAt'>): boolean {
  return closedAt === null && !active.has(state) && state !== 'done' && state !== 'undone';
}

/** Whether anything was done that could be taken back. */
export function canUndo(run: Pick<RestoreRun, 'state' | 'closedAt' | 'steps'>): boolean {
  if (run.closedAt !== null || active.has(run.state) || run.state === 'undone') return false;
  return run.steps.some(({ undo, state }) => undo !== null && state !== 'waiting' && state !== 'undone');
}

/** `Step 2 of 5`, `Done`: where the run is. */
export function headlineOf({ state, steps }: Pick<RestoreRun, 'state' | 'steps'>): string {
  if (state === 'done') return 'Restored';
  if (state === 'partial') return 'Restored, with exceptions';
  if (state === 'undone') return 'Undone';
  if (state === 'undoing') return 'Undoing';
  const at = steps.findIndex((step) => step.state !== 'done' && step.state !== 'partial');
  const index = at < 0 ? steps.length - 1 : at;
  const where = `Step ${index + 1} of ${steps.length}`;
  return active.has(state) || state === 'ready' ? where : `${where}, ${sayRunState(state).words}`;
}

const guideSteps = ['What', 'When', 'Where', 'Preflight', 'Run', 'Verify', 'Report'] as const;
export type GuideStep = (typeof guideSteps)[number];

/** The whole way, for the rail above every screen of it. */
export function guideRail(current: GuideStep, failed = false): readonly Step<GuideStep>[] {
  const at = guideSteps.indexOf(current);
  return guideSteps.map((id, index) => ({
    id,
    label: id,
    state: index < at ? 'done' : index > at ? 'todo' : failed ? 'failed' : 'active',
  }));
}

/** Where on the way a run is. */
export function guideStepOf({ state }: Pick<RestoreRun, 'state'>): GuideStep {
  if (state === 'verifying') return 'Verify';
  if (state === 'done' || state === 'partial' || state === 'undone') return 'Report';
  return 'Run';
}
