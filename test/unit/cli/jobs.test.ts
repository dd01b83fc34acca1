import { describe, expect, it } from 'vitest';
import type { Job, JobLogLine } from '../../../shared/contract/jobs.ts';
import { reportError, HoldfastError } from '../../../shared/model/errors.ts';
import { eventsOf, makeScene, type Handlers } from './harness.ts';
import { protectResult } from './samples.ts';

const jobId = '0123456789abcdef';
const job: Job = {
  id: jobId,
  kind: 'protect',
  title: '/srv/data',
  state: 'done',
  priority: 'normal',
  tenant: 'default',
  actor: 'cli:alice',
  queuedAt: '2026-10-15T11:00:00.000Z',
  startedAt: '2026-10-15T11:00:01.000Z',
  endedAt: '2026-10-15T11:02:01.000Z',
  progress: null,
  waitsFor: null,
  summary: 'Snapshot 12345678: 3 new files.',
  error: null,
};
const running: Job = {
  ...job,
  state: 'running',
  endedAt: null,
  summary: null,
  progress: {
    phase: 'Reading',
    doneItems: 42,
    totalItems: 100,
    doneBytes: 42,
    totalBytes: 100,
    currentItem: null,
    issues: 0,
    percent: 42,
    measure: 'bytes',
    perSecond: 1,
    remainingMs: 58_000,
    movedAt: '2026-10-15T11:59:58.000Z',
  },
};
const line: JobLogLine = {
  line: 1,
  at: '2026-10-15T11:00:02.000Z',
  level: 'warning',
  message: 'It may not be read.',
  path: '/srv/data/\u001b[2J',
  code: 'NO_PERMISSION',
};

const listing = (jobs: readonly Job[], notice: string | null = null): Handlers => ({
  'jobs.list': () => ({ jobs, more: false, notice }),
});

describe('jobs', () => {
  it('shows what goes on and what came of it, with a share only where it is known', async () => {
    const unknown = { ...running, id: 'f'.repeat(16), progress: null };
    await using scene = await makeScene({ env: {}, handlers: listing([running, unknown, job]) });
    expect(await scene.holdfast('jobs')).toBe(0);
    expect(scene.stdout.text).toBe(
      [
        'JOB       STATE         SINCE                       TIME  BY         WHAT',
        '01234567  running 42 %  2026-10-15 11:00:01  59 min 59 s  cli:alice  protect /srv/data',
        'ffffffff  running       2026-10-15 11:00:01  59 min 59 s  cli:alice  protect /srv/data',
        '01234567  done          2026-10-15 11:00:01        2 min  cli:alice  protect /srv/data',
        '',
      ].join('\n'),
    );
  });

  it('needs neither a repository nor a password', async () => {
    await using scene = await makeScene({ env: {}, handlers: listing([]) });
    expect(await scene.holdfast('jobs')).toBe(0);
    expect(scene.stdout.text).toBe('No jobs.\n');
  });

  it('fetches all pages with --all, and prints one document', async () => {
    const pages = [[job], [{ ...job, id: 'e'.repeat(16) }]];
    const handlers: Handlers = {
      'jobs.list': () => ({ jobs: pages.shift() ?? [], more: pages.length > 0, notice: null }),
    };
    await using scene = await makeScene({ env: {}, handlers });
    expect(await scene.holdfast('jobs', '--all', '--json')).toBe(0);
    expect(scene.calls.map(({ input }) => input)).toMatchObject([{ all: true }, { all: true, before: jobId }]);
    expect(JSON.parse(scene.stdout.text)).toHaveLength(2);
  });

  it('is partial when the catalog could not be read, and says so', async () => {
    await using scene = await makeScene({ env: {}, handlers: listing([running], 'The disk is full.') });
    expect(await scene.holdfast('jobs')).toBe(3);
    expect(scene.stderr.text).toContain('Jobs that ended before are not listed: The disk is full.');
  });
});

describe('jobs show', () => {
  const failed: Job = {
    ...job,
    state: 'failed',
    summary: null,
    error: reportError(new HoldfastError('NO_SPACE', 'Full.')),
  };
  const showing = (shown: Job): Handlers => ({
    'jobs.show': () => shown,
    'jobs.follow': () => eventsOf(running, shown),
    'jobs.log': () => ({ lines: [line], more: false }),
  });

  it('says what happened, what it means, what to do, and the log, with nothing that drives the terminal', async () => {
    await using scene = await makeScene({ env: {}, handlers: showing(failed) });
    expect(await scene.holdfast('jobs', 'show', '0123')).toBe(0);
    expect(scene.calls[0]).toEqual({ name: 'jobs.show', input: { job: '0123' } });
    expect(scene.stdout.text).toMatch(/^Job 01234567: protect \/srv\/data\n/);
    expect(scene.stdout.text).toMatch(/error +NO_SPACE: Full\.\n +meaning +The disk is full/);
    expect(scene.stdout.text).toContain('warning  /srv/data/\\x1b[2J: It may not be read. (NO_PERMISSION)');
  });

  it('prints the job and its log as one document', async () => {
    await using scene = await makeScene({ env: {}, handlers: showing(job) });
    expect(await scene.holdfast('jobs', 'show', jobId, '--json')).toBe(0);
    expect(JSON.parse(scene.stdout.text)).toEqual({ ...job, log: [line] });
  });

  it.each([
    ['done', 0],
    ['partial', 3],
    ['failed', 1],
    ['cancelled', 1],
    ['interrupted', 1],
  ] as const)('with --follow ends as the job does: %s', async (state, code) => {
    await using scene = await makeScene({ env: {}, handlers: showing({ ...job, state }) });
    expect(await scene.holdfast('jobs', 'show', jobId, '--follow')).toBe(code);
  });

  it.each(['', 'xyz', 'ABC', '0'.repeat(17)])('refuses what is no id: %j', async (id) => {
    await using scene = await makeScene({ env: {}, handlers: {} });
    expect(await scene.holdfast('jobs', 'show', id)).toBe(2);
    expect(scene.opened).toBe(0);
  });
});

describe('cancel', () => {
  it('asks the engine, and says whether the job is still stopping', async () => {
    await using scene = await makeScene({
      env: {},
      handlers: { 'jobs.cancel': () => ({ ...running, state: 'cancelling' }) },
    });
    expect(await scene.holdfast('cancel', '0123')).toBe(0);
    expect(scene.stdout.text).toBe('Job 01234567, protect /srv/data, is being stopped.\n');
  });

  it('fails with the code of the engine where there is nothing to stop', async () => {
    const over = (): never => {
      throw new HoldfastError('JOB_OVER', 'Job 01234567 is done.');
    };
    await using scene = await makeScene({ env: {}, handlers: { 'jobs.cancel': over } });
    expect(await scene.holdfast('cancel', '0123', '--json')).toBe(1);
    expect(JSON.parse(scene.stdout.text)).toMatchObject({ error: { code: 'JOB_OVER' } });
  });
});

describe('--detach', () => {
  it.each([
    ['protection.protect', ['protect', '/data']],
    ['repository.check', ['check']],
    ['recovery.restore', ['restore', 'latest', '--to', '/target']],
  ])('leaves %s to the engine once it is in the list', async (name, argv) => {
    let left = false;
    const handlers: Handlers = {
      [name]: async function* () {
        try {
          yield await Promise.resolve({ type: 'job', job: jobId });
          yield { type: 'done', result: protectResult };
        } finally {
          left = true;
        }
      },
    };
    await using scene = await makeScene({ handlers });
    expect(await scene.holdfast(...argv, '--detach')).toBe(0);
    expect(scene.calls[0]?.input).toMatchObject({ detach: true });
    expect(scene.stdout.text).toContain('Job 01234567 goes on in the engine');
    expect(left).toBe(true);
  });

  it('is refused for what is there to be read', async () => {
    await using scene = await makeScene({ handlers: {} });
    expect(await scene.holdfast('restore', 'latest', '--to', '/target', '--dry-run', '--detach')).toBe(2);
  });
});
