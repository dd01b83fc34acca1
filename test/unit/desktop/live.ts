/** Live states as the shell gets them, with only what a test is about. */
import type { Job } from '../../../shared/contract/jobs.ts';
import type { LiveState, SourceState } from '../../../shared/contract/live.ts';

const at = '2026-03-01T10:00:00.000Z';

export function job(change: Partial<Job> = {}): Job {
  return {
    id: '0123456789abcdef',
    kind: 'protect',
    title: 'papers',
    state: 'running',
    priority: 'normal',
    tenant: 'default',
    actor: 'test',
    queuedAt: at,
    startedAt: at,
    endedAt: null,
    progress: null,
    waitsFor: null,
    summary: null,
    error: null,
    ...change,
  };
}

export function progress(percent: number | null): Job['progress'] {
  return {
    phase: 'reading',
    doneItems: 1,
    totalItems: null,
    doneBytes: 1,
    totalBytes: null,
    currentItem: null,
    issues: 0,
    percent,
    measure: 'bytes',
    perSecond: null,
    remainingMs: null,
    movedAt: at,
  };
}

type LiveParts = {
  readonly jobs?: readonly Job[];
  readonly sources?: readonly Partial<SourceState>[];
  readonly repository?: Partial<LiveState['repositories'][string]>;
};

export function live({ jobs = [], sources = [], repository }: LiveParts = {}): LiveState {
  const known = sources.map((one, index) => [one.name ?? String(index), one as SourceState] as const);
  return {
    engine: {},
    repositories: repository === undefined ? {} : { r: { id: 'r', name: 'disk', ...repository } as never },
    sources: Object.fromEntries(known),
    jobs: Object.fromEntries(jobs.map((one) => [one.id, one])),
    runs: {},
    planRuns: {},
    alerts: {},
    incidents: {},
    suspects: {},
    notices: {},
  };
}

/** A registered source with a good snapshot. */
export function source(name: string, change: Partial<SourceState> = {}): Partial<SourceState> {
  return {
    name,
    registered: { name } as never,
    newestGood: { snapshot: 'a', takenAt: at, status: 'complete', repository: 'r' },
    lastRun: null,
    next: null,
    pause: null,
    waitsFor: null,
    ...change,
  };
}
