import { describe, expect, test } from 'vitest';
import type { Client } from '../../../../renderer/client/client.ts';
import type { Job, JobLogLine } from '../../../../shared/contract/jobs.ts';
import type { SourceState } from '../../../../shared/contract/live.ts';
import type { Connection } from '../../../../shared/contract/repositories.ts';
import { endedJobs, filteredJobs, kindsOf } from '../../../../renderer/features/activity/history.ts';
import { countLevels, filteredLines, logText } from '../../../../renderer/features/activity/log-lines.ts';
import { runAgain } from '../../../../renderer/features/activity/run-again.ts';
import { withSample } from '../../../../renderer/features/activity/samples.ts';

const job = (id: number, change: Partial<Job> = {}): Job => ({
  id: String(id).padStart(16, '0'),
  kind: 'protect',
  title: 'finance',
  state: 'done',
  priority: 'normal',
  tenant: 'default',
  actor: 'ada',
  queuedAt: new Date(id * 1000).toISOString(),
  startedAt: new Date(id * 1000).toISOString(),
  endedAt: new Date(id * 1000 + 500).toISOString(),
  progress: null,
  waitsFor: null,
  summary: 'all of it',
  error: null,
  ...change,
});
const ids = (jobs: readonly Job[]) => jobs.map(({ id }) => Number(id));

describe('past jobs', () => {
  test('are each shown once, newest first, those that have just ended among them, and none that runs', () => {
    const running = job(9, { state: 'running', endedAt: null });
    const pages = [
      [running, job(8)],
      [job(3), job(2)],
    ];
    expect(ids(endedJobs(pages, [running, job(8), job(7, { state: 'failed' })]))).toEqual([8, 7, 3, 2]);
  });

  test('with a problem are those that failed, were partial or interrupted; cancelled is what was asked for', () => {
    const jobs = (['done', 'partial', 'failed', 'cancelled', 'interrupted'] as const).map((state, id) =>
      job(id, { state }),
    );
    expect(ids(filteredJobs(jobs, { outcome: 'problems', kind: null, text: '' }))).toEqual([1, 2, 4]);
  });

  test('are found by what is said of them', () => {
    const failed = job(2, {
      state: 'failed',
      summary: null,
      error: { code: 'NO_SPACE', message: 'No space is left.', meaning: '', action: '' },
    });
    const jobs = [job(1), failed, job(3, { kind: 'check', title: '/mnt/nas' })];
    const find = (text: string) => ids(filteredJobs(jobs, { outcome: 'all', kind: null, text }));
    expect(find('space failed')).toEqual([2]);
    expect(find('NAS')).toEqual([3]);
    expect(find('protection ada')).toEqual([1, 2]);
    expect(ids(filteredJobs(jobs, { outcome: 'all', kind: 'check', text: '' }))).toEqual([3]);
    expect(kindsOf(jobs)).toEqual(['check', 'protect']);
  });
});

describe('a log', () => {
  const line = (number: number, level: JobLogLine['level'], path: string | null = null): JobLogLine => ({
    line: number,
    at: '2026-11-25T00:00:00.000Z',
    level,
    message: 'Cannot be read.',
    path,
    code: level === 'info' ? null : 'SOURCE_UNREADABLE',
  });
  const lines = [line(1, 'info'), line(2, 'warning', '/srv/a'), line(3, 'error', '/srv/b')];
  const numbers = (shown: readonly JobLogLine[]) => shown.map((one) => one.line);

  test('is shown by level and by words of message, path and code', () => {
    expect(numbers(filteredLines(lines, { level: 'problems', text: '' }))).toEqual([2, 3]);
    expect(numbers(filteredLines(lines, { level: 'errors', text: '' }))).toEqual([3]);
    expect(numbers(filteredLines(lines, { level: 'all', text: 'unreadable /SRV/A' }))).toEqual([2]);
    expect(countLevels(lines)).toEqual({ warnings: 1, errors: 1 });
  });

  test('is copied as text', () => {
    expect(logText(lines.slice(0, 2))).toBe(
      '2026-11-25T00:00:00.000Z info Cannot be read.\n' +
        '2026-11-25T00:00:00.000Z warning SOURCE_UNREADABLE Cannot be read. /srv/a',
    );
  });
});

describe('running a job again', () => {
  const repository = { id: 'a'.repeat(16), location: '/mnt/nas', primary: true, state: 'open' } as Connection;
  const source = { key: 'finance', registered: { name: 'finance' } } as unknown as SourceState;
  const live = { repositories: new Map([['r', repository]]), sources: new Map([['finance', source]]) };

  test('is offered for a registered source, and calls for it as it is registered', async () => {
    const asked: unknown[] = [];
    // The one call that is made; the rest of the contract is beside the point.
    const client = {
      protection: {
        protect: (input: unknown) => {
          asked.push(input);
          return Promise.resolve([{ type: 'job', job: 'b'.repeat(16) }].values());
        },
      },
    } as unknown as Client;
    const again = runAgain(job(1, { state: 'failed' }), live);
    expect(again?.command).toEqual(['holdfast', 'protect', 'finance']);
    expect(await again?.start(client)).toEqual({ job: 'b'.repeat(16) });
    expect(asked).toEqual([{ repository: { id: repository.id }, registered: 'finance', detach: true }]);
  });

  test('is not offered while it runs, nor where its record does not tell all it was started with', () => {
    expect(runAgain(job(1, { state: 'running' }), live)).toBeNull();
    expect(runAgain(job(1, { title: '/some/paths + /others' }), live)).toBeNull();
    expect(runAgain(job(1, { kind: 'restore' }), live)).toBeNull();
    expect(
      runAgain(job(1), { ...live, repositories: new Map([['r', { ...repository, state: 'locked' as const }]]) }),
    ).toBeNull();
  });

  test('is offered for a check of a repository that is connected', () => {
    expect(runAgain(job(1, { kind: 'check', title: '/mnt/nas' }), live)?.command).toEqual(['holdfast', 'check']);
    expect(runAgain(job(1, { kind: 'check', title: '/mnt/other' }), live)).toBeNull();
  });
});

test('a chart keeps as many speeds as it can show, no closer than one can see', () => {
  let samples = withSample({ at: [], perSecond: [] }, 0, 5);
  expect(withSample(samples, 0.5, 6)).toBe(samples);
  for (let second = 1; second < 700; second += 1) samples = withSample(samples, second, second);
  expect(samples.at).toHaveLength(600);
  expect(samples.perSecond.at(-1)).toBe(699);
});
