/** What becomes of a job. It waits, runs, may be asked to stop, and ends once. */

export const jobStates = [
  'queued',
  'running',
  'cancelling',
  'done',
  'partial',
  'failed',
  'cancelled',
  'interrupted',
] as const;

/**
 * `partial`: done but for what its log names. `cancelled`: somebody asked for it. `interrupted`: its engine ended first,
 * in order or not.
 */
export type JobState = (typeof jobStates)[number];

export type EndState = Exclude<JobState, 'queued' | 'running' | 'cancelling'>;

export function isOver(state: JobState): state is EndState {
  return state !== 'queued' && state !== 'running' && state !== 'cancelling';
}

/** Who goes first when not all can: `urgent` is what an operator waits for on a bad day. */
export const jobPriorities = ['urgent', 'normal', 'background'] as const;
export type JobPriority = (typeof jobPriorities)[number];

export const logLevels = ['info', 'warning', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
