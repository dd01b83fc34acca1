/** What becomes of a restore run and of its steps. */

/**
 * `ready`: created, nothing was done. `paused`: somebody asked for it, between two steps. `waiting`: for a person to do or
 * confirm something. `verifying`: all is written and is read back. `cancelled`: stopped, what was written stays.
 * `interrupted`: its engine ended first. `partial`: done but for what its report names. `undone`: as far as nobody had
 * changed anything since.
 */
export const runStates = [
  'ready',
  'running',
  'paused',
  'waiting',
  'verifying',
  'undoing',
  'done',
  'partial',
  'failed',
  'cancelled',
  'undone',
  'interrupted',
] as const;
export type RunState = (typeof runStates)[number];

export const runStepStates = ['waiting', 'running', 'done', 'partial', 'failed', 'stopped', 'undone'] as const;
export type RunStepState = (typeof runStepStates)[number];

/** An engine works on it now. */
export function isActive(state: RunState): boolean {
  return state === 'running' || state === 'verifying' || state === 'undoing';
}

/** Started and not at its end: what it reads must stay where it is. */
export const unfinishedStates = ['running', 'paused', 'waiting', 'verifying', 'undoing', 'interrupted'] as const;

/** Whether starting it goes on with it. What is done or undone does not begin anew: that is a run of its own. */
export function canGoOn(state: RunState): boolean {
  return !isActive(state) && state !== 'done' && state !== 'undone';
}
