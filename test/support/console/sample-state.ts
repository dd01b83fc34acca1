/** A state of the engine with something of everything in it, for looking at screens. */
import type { Job, JobLogLine } from '../../../shared/contract/jobs.ts';
import type { LiveState, SourceState } from '../../../shared/contract/live.ts';
import type { JobState } from '../../../shared/model/job-states.ts';
import { formatCount } from '../../../shared/model/units.ts';

const repository = 'a1b2c3d4e5f60718';
const hex = (seed: number, length: number) =>
  Array.from({ length }, (_, index) => ((seed * 7919 + index * 104_729 + 17) % 16).toString(16)).join('');

/** An id of a job. */
export const jobId = (seed: number) => seed.toString(16).padStart(16, '0');

const names = ['nas-projects', 'student-homes', 'finance', 'web-root', 'design-archive', 'mail', 'wiki', 'lab-results'];

export function sampleState(now: number, sources = names.length): LiveState {
  const iso = (agoMs: number) => new Date(now - agoMs).toISOString();
  const jobs = runningJobs(now);
  return {
    engine: {
      engine: {
        version: '0.1.0',
        startedAt: iso(3 * 86_400_000),
        hostname: 'annexe',
        zone: 'UTC',
        tenant: 'default',
        secretStore: 'keychain',
      },
    },
    repositories: {
      [repository]: {
        id: repository,
        name: 'NAS, annexe',
        location: '/mnt/nas/backup',
        settings: {},
        secrets: [],
        repository: hex(3, 64),
        primary: true,
        state: 'open',
        problem: null,
        remembered: true,
        provenAt: iso(12 * 86_400_000),
        addedAt: iso(200 * 86_400_000),
        addedBy: 'ada',
        snapshots: 18_204,
        revision: 7,
      },
    },
    sources: Object.fromEntries(
      Array.from({ length: sources }, (_, index) => {
        const source = sampleSource(index, iso);
        return [source.key, source];
      }),
    ),
    jobs: Object.fromEntries(jobs.map((job) => [job.id, job])),
    runs: {},
    planRuns: {},
    alerts: {},
    incidents: {},
    suspects: {},
    notices: {
      n1: {
        id: 'n1',
        at: iso(40 * 60_000),
        level: 'warning',
        text: 'The catalog was damaged and has been filled anew from the repository; snapshots were not affected.',
      },
    },
  };
}

function sampleSource(index: number, iso: (agoMs: number) => string): SourceState {
  const name = names[index] ?? `source-${index}`;
  const point = {
    snapshot: hex(index, 64),
    takenAt: iso((index + 1) * 47 * 60_000),
    status: 'complete' as const,
    repository,
  };
  return {
    key: name,
    name,
    kind: 'folder',
    hostname: 'annexe',
    registered: null,
    snapshots: 212 + index,
    oldestAt: iso(400 * 86_400_000),
    newest: point,
    newestGood: point,
    files: 84_120 + index,
    bytes: 228_000_000_000 + index * 1_000_000_000,
    profile: null,
    rpoMs: null,
    next: null,
    pause: null,
    waitsFor: null,
    lastRun: null,
  };
}

export function sampleJob(now: number, seed: number, change: Partial<Job>): Job {
  const startedAt = new Date(now - seed * 3_600_000).toISOString();
  return {
    id: jobId(seed),
    kind: 'protect',
    title: names[seed % names.length] ?? '',
    state: 'done',
    priority: 'normal',
    tenant: 'default',
    actor: 'ada',
    queuedAt: startedAt,
    startedAt,
    endedAt: new Date(now - seed * 3_600_000 + 94_000 + seed * 1300).toISOString(),
    progress: null,
    waitsFor: null,
    summary: `${formatCount(84_120 + seed)} files, 12 new, 3 changed, 41.2 MiB stored`,
    error: null,
    ...change,
  };
}

function runningJobs(now: number): readonly Job[] {
  const base = { state: 'running' as const, endedAt: null, summary: null };
  const moving = {
    phase: 'read',
    doneItems: 18_204,
    totalItems: 84_120,
    doneBytes: 44_200_000_000,
    totalBytes: 228_000_000_000,
    currentItem: '/mnt/nas/projects/media/2026/11/interview with the board (final) v3.mov',
    issues: 0,
    percent: 19,
    measure: 'bytes' as const,
    perSecond: 202_000_000,
    remainingMs: 910_000,
    movedAt: new Date(now).toISOString(),
  };
  return [
    sampleJob(now, 900, { ...base, startedAt: new Date(now - 220_000).toISOString(), progress: moving }),
    sampleJob(now, 901, {
      ...base,
      kind: 'restore',
      title: 'finance/budget\u202e2026.xlsx to /home/ada/restored',
      startedAt: new Date(now - 21_000).toISOString(),
      progress: {
        ...moving,
        phase: 'plan',
        percent: null,
        totalBytes: null,
        totalItems: null,
        perSecond: null,
        remainingMs: null,
        doneItems: 1204,
        doneBytes: 0,
        measure: 'items',
        currentItem: null,
        issues: 2,
      },
    }),
    sampleJob(now, 902, {
      ...base,
      state: 'queued',
      kind: 'check',
      title: 'NAS, annexe',
      startedAt: null,
      waitsFor: 'the protection of nas-projects',
    }),
  ];
}

/** A history of jobs with every way to end. */
export function sampleHistory(now: number, count: number): readonly Job[] {
  const ends: readonly JobState[] = ['done', 'done', 'done', 'partial', 'done', 'failed', 'cancelled', 'interrupted'];
  return [
    ...runningJobs(now),
    ...Array.from({ length: count }, (_, index) => {
      const state = ends[index % ends.length] ?? 'done';
      return sampleJob(now, index + 1, {
        state,
        ...(state === 'failed'
          ? {
              summary: null,
              error: {
                code: 'NO_SPACE',
                message: 'No space is left on /mnt/nas/backup.',
                meaning: 'The disk is full; what was complete before is unharmed.',
                action: 'Free some space and run again: what is there already is not stored a second time.',
              },
            }
          : {}),
      });
    }),
  ];
}

export function sampleLog(now: number, count: number): readonly JobLogLine[] {
  return Array.from({ length: count }, (_, index) => {
    const level = index % 40 === 7 ? 'warning' : index % 200 === 91 ? 'error' : 'info';
    return {
      line: index + 1,
      at: new Date(now - (count - index) * 800).toISOString(),
      level,
      message:
        level === 'info'
          ? `Took in folder ${index}.`
          : level === 'warning'
            ? 'Changed while it was read.'
            : 'Cannot be read.',
      path: level === 'info' ? null : `/mnt/nas/projects/<img src=x onerror=alert(1)>/file-${index}.db`,
      code: level === 'info' ? null : level === 'warning' ? 'FILE_CHANGED' : 'SOURCE_UNREADABLE',
    };
  });
}
