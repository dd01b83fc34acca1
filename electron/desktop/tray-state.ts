/** What the tray says, from the engine's live state: the verdict, what runs, what needs somebody. Pure. */
import type { Job } from '../../shared/contract/jobs.ts';
import type { LiveState } from '../../shared/contract/live.ts';
import { isOver } from '../../shared/model/job-states.ts';
import { verdictOn } from '../../shared/model/verdict.ts';
import { nextWords, pauseWords, trayPause, waitingLines, type TrayPause } from './tray-words.ts';

/** Which picture: the worst that is true. Something that failed stays to be seen while something else runs. */
export type TrayLevel = 'idle' | 'paused' | 'running' | 'warning' | 'failed';

export type RunningJob = {
  readonly title: string;
  /** Whole percent; null before the total is known. */
  readonly percent: number | null;
  readonly waits: boolean;
};

export type TrayState = {
  /** In one line. */
  readonly verdict: string;
  readonly level: TrayLevel;
  readonly running: readonly RunningJob[];
  /** What is due and does not begin, a line for each reason. */
  readonly waiting: readonly string[];
  /** Of everything; null: there is none. */
  readonly pause: TrayPause | null;
  /** Whether anything starts by itself: what does not cannot be paused. */
  readonly runsByItself: boolean;
  /** What will run next, in words; null where nothing is planned. */
  readonly nextDue: string | null;
  /** Names of what can be protected now, in the order of the menu. */
  readonly sources: readonly string[];
};

export const startingState: TrayState = {
  verdict: 'The engine is starting.',
  level: 'idle',
  running: [],
  waiting: [],
  pause: null,
  runsByItself: false,
  nextDue: null,
  sources: [],
};

const verbs: Readonly<Record<string, string>> = {
  protect: 'Protecting',
  system: 'Protecting together:',
  restore: 'Restoring',
  check: 'Checking',
  prune: 'Pruning',
  forget: 'Forgetting',
  'rebuild-catalog': 'Rebuilding the catalog from',
  'repair-index': 'Repairing the index of',
  index: 'Indexing',
};

export function trayStateOf(live: LiveState, nowMs: number): TrayState {
  const sources = Object.values(live.sources);
  const { level, headline } = verdictOn(
    sources.map(({ name, newestGood, lastRun, rpoMs }) => ({
      name,
      newestGoodAtMs: newestGood === null ? null : Date.parse(newestGood.takenAt),
      lastRun: lastRun?.state ?? null,
      rpoMs,
    })),
    Object.values(live.repositories),
    nowMs,
  );
  const pause = trayPause(sources, nowMs);
  const words = headline.map(({ text }) => text).join('');
  const running = runningJobs(live).map((job) => ({
    title: titleOf(job),
    percent: percentOf(job),
    waits: job.state === 'queued',
  }));
  const calm = pause === null ? 'idle' : 'paused';
  return {
    // First, because a long line is cut at its end.
    verdict: pause === null ? words : `${pauseWords(pause, nowMs)} ${words}`,
    level: level === 'bad' ? 'failed' : level === 'attention' ? 'warning' : running.length > 0 ? 'running' : calm,
    running,
    waiting: waitingLines(sources, pause !== null),
    pause,
    runsByItself: sources.some(({ next, pause: own, waitsFor }) => next !== null || own !== null || waitsFor !== null),
    nextDue: nextWords(sources, nowMs),
    sources: sources.flatMap(({ registered }) => (registered === null ? [] : [registered.name])).sort(),
  };
}

/** Of these a quit must ask first; what nobody waits for is taken up again by itself. */
export function runningJobs({ jobs }: LiveState): Job[] {
  return Object.values(jobs)
    .filter(({ state, priority }) => !isOver(state) && priority !== 'background')
    .sort((a, b) => a.queuedAt.localeCompare(b.queuedAt));
}

export function titleOf({ kind, title }: Pick<Job, 'kind' | 'title'>): string {
  const verb = verbs[kind] ?? kind;
  return title === '' ? verb : `${verb} ${title}`;
}

/** Never 100 before the end. */
function percentOf({ progress }: Job): number | null {
  const percent = progress?.percent ?? null;
  return percent === null ? null : Math.min(99, Math.floor(percent));
}
