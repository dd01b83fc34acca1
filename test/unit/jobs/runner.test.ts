import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JobBook } from '../../../electron/engine/jobs/job-book.ts';
import type { JobRequest, Verdict } from '../../../electron/engine/jobs/job.ts';
import { JobRunner, type StartedJob } from '../../../electron/engine/jobs/runner.ts';
import { nobody, type Voice } from '../../../electron/engine/jobs/voice.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { alice, bob, makeCatalogHome, type CatalogHome } from '../../support/catalog-home.ts';

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const cancelled = new HoldfastError('CANCELLED', 'Enough.');

let home: CatalogHome;
let book: JobBook;
let runner: JobRunner;
let troubles: string[];

beforeEach(async () => {
  home = await makeCatalogHome();
  troubles = [];
  book = new JobBook(home.open(), ({ code }) => troubles.push(code));
  runner = new JobRunner({ book, clock, limits: { slots: 2, backgroundSlots: 1 } });
});
afterEach(() => home[Symbol.asyncDispose]());

const request = (given: Partial<JobRequest> = {}): JobRequest => ({
  caller: alice,
  kind: 'protect',
  title: '/data',
  priority: 'normal',
  repository: { location: '/repository', use: 'write' },
  ...given,
});
const fine = (): Verdict => ({ state: 'done', summary: 'All of it.' });

/** An operation that works until it is told how to end. */
function start(given: Partial<JobRequest> = {}, judge: () => Verdict = fine) {
  const begun = Promise.withResolvers<Voice<unknown>>();
  const end = Promise.withResolvers<string>();
  const job: StartedJob<string> = runner.start(
    request(given),
    nobody,
    (voice: Voice<unknown>) => {
      begun.resolve(voice);
      voice.signal.addEventListener('abort', () => end.reject(voice.signal.reason as Error));
      return end.promise;
    },
    judge,
  );
  return { job, begun: begun.promise, end };
}

const states = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await book.ended(alice, null, 100)).map(({ id, state }) => [id, state]));

describe('a job', () => {
  test('runs to its end and is found again with its log', async () => {
    const { job, begun, end } = start();
    const voice = await begun;
    voice.onIssue({ path: '/data/file', code: 'NO_PERMISSION', message: 'It may not be read.' });
    voice.onNotice('Something to know.');
    expect(runner.underWay(alice)).toMatchObject([{ id: job.id, state: 'running', tenant: 'alice' }]);
    end.resolve('result');
    expect(await job.result).toBe('result');
    await runner.whenIdle();
    expect(runner.underWay(alice)).toEqual([]);
    expect(await book.ended(alice, null, 10)).toMatchObject([{ id: job.id, state: 'done', summary: 'All of it.' }]);
    expect(await book.log(alice, job.id, 0, 10)).toMatchObject([
      { level: 'warning', path: '/data/file', code: 'NO_PERMISSION' },
      { level: 'info', message: 'Something to know.' },
      { level: 'info', message: 'All of it.' },
    ]);
  });

  test('belongs to its tenant: another one neither sees nor finds it', async () => {
    const { job, begun, end } = start();
    await begun;
    expect(runner.underWay(bob)).toEqual([]);
    expect(runner.find(bob, job.id)).toEqual([]);
    end.resolve('');
    await runner.whenIdle();
    expect(await book.ended(bob, null, 10)).toEqual([]);
    expect(await book.find(bob, job.id)).toEqual([]);
    expect(await book.log(bob, job.id, 0, 10)).toEqual([]);
  });

  test.each(['done', 'partial', 'failed'] as const)('that ends as %s is written down so', async (state) => {
    const { job, end } = start({}, () => ({ state, summary: null }));
    end.resolve('');
    await job.result;
    await runner.whenIdle();
    expect(await states()).toEqual({ [job.id]: state });
  });

  test('that throws has failed, with the code of what was thrown', async () => {
    const { job, begun, end } = start();
    await begun;
    end.reject(new HoldfastError('NO_SPACE', 'The disk is full.'));
    await expect(job.result).rejects.toMatchObject({ code: 'NO_SPACE' });
    await runner.whenIdle();
    expect(await book.ended(alice, null, 1)).toMatchObject([{ state: 'failed', error: { code: 'NO_SPACE' } }]);
  });

  test('that is asked to stop is cancelling until it has', async () => {
    const { job, begun } = start();
    const voice = await begun;
    job.cancel(cancelled);
    expect(voice.signal.aborted).toBe(true);
    expect(runner.underWay(alice)).toMatchObject([{ state: 'cancelling' }]);
    await expect(job.result).rejects.toMatchObject({ code: 'CANCELLED', message: 'Enough.' });
    await runner.whenIdle();
    expect(await states()).toEqual({ [job.id]: 'cancelled' });
  });

  test('that waits can be cancelled without ever having run', async () => {
    const first = start();
    await first.begun;
    const second = start();
    second.job.cancel(cancelled);
    await expect(second.job.result).rejects.toMatchObject({ code: 'CANCELLED' });
    first.end.resolve('');
    await runner.whenIdle();
    expect(await states()).toEqual({ [first.job.id]: 'done', [second.job.id]: 'cancelled' });
  });

  test('that completes although it was asked to stop is done: what it did is there', async () => {
    const { job, begun, end } = start();
    await begun;
    end.resolve('in time');
    job.cancel(cancelled);
    expect(await job.result).toBe('in time');
    await runner.whenIdle();
    expect(await states()).toEqual({ [job.id]: 'done' });
  });
});

describe('jobs', () => {
  test('that write to one repository run one after the other, in the order they came', async () => {
    const [first, second, third] = [start(), start(), start()];
    await first.begun;
    expect(runner.underWay(alice).map(({ state }) => state)).toEqual(['running', 'queued', 'queued']);
    expect(runner.underWay(alice)[1]?.waitsFor).toContain(first.job.id.slice(0, 8));
    first.end.resolve('');
    await second.begun;
    second.end.resolve('');
    await third.begun;
    third.end.resolve('');
    await runner.whenIdle();
    expect(Object.values(await states())).toEqual(['done', 'done', 'done']);
  });

  test('that fetch into one folder run one after the other, and those that wait hold no repository', async () => {
    const mirrors = ['/mirrors/acme'];
    const first = start({ repository: null, mirrors });
    const voice = await first.begun;
    const second = start({ repository: null, mirrors });
    const other = start({ repository: { location: '/repository', use: 'write' } });
    await other.begun;
    other.end.resolve('over');
    await other.job.result;
    await voice.claim({ location: '/repository', use: 'write' });
    first.end.resolve('over');
    await second.begun;
    second.end.resolve('over');
    await second.job.result;
  });

  test('that come to need a repository wait for it, say so, and go before whoever asks later', async () => {
    const writer = start();
    await writer.begun;
    const fetching = start({ repository: null, mirrors: ['/mirrors/acme'] });
    const voice = await fetching.begun;
    const order: string[] = [];
    const claimed = voice.claim({ location: '/repository', use: 'write' }).then(() => order.push('claimed'));
    const later = start({ title: '/later' });
    void later.begun.then(() => order.push('later'));
    const waits = runner.underWay(alice).find(({ id }) => id === fetching.job.id);
    expect(waits?.waitsFor).toContain(writer.job.id.slice(0, 8));
    writer.end.resolve('over');
    await claimed;
    expect(order).toEqual(['claimed']);
    expect(runner.underWay(alice).find(({ id }) => id === fetching.job.id)?.waitsFor).toBe(null);
    fetching.end.resolve('over');
    await later.begun;
    later.end.resolve('over');
    await later.job.result;
  });

  test('that are cancelled while they wait for a repository end, and keep nobody from it', async () => {
    const writer = start();
    await writer.begun;
    const fetching = start({ repository: null });
    const claim = (await fetching.begun).claim({ location: '/repository', use: 'write' });
    fetching.job.cancel(cancelled);
    await expect(claim).rejects.toMatchObject({ code: 'CANCELLED' });
    writer.end.resolve('over');
    const next = start();
    await next.begun;
    next.end.resolve('over');
    await next.job.result;
  });

  test('that are urgent start at once, beside all others', async () => {
    const busy = [start(), start({ repository: null })];
    await Promise.all(busy.map(({ begun }) => begun));
    const restore = start({
      kind: 'restore',
      priority: 'urgent',
      repository: { location: '/repository', use: 'read' },
    });
    await restore.begun;
    for (const { end } of [...busy, restore]) end.resolve('');
    await runner.whenIdle();
  });

  test('are followed from state to state, to the last', async () => {
    const first = start();
    await first.begun;
    const second = start();
    const [job] = runner.find(alice, second.job.id);
    const seen: string[] = [];
    const following = (async () => {
      for await (const { state } of runner.follow(job ?? expect.fail(), undefined)) seen.push(state);
    })();
    await new Promise(setImmediate);
    first.end.resolve('');
    await second.begun;
    second.end.resolve('');
    await following;
    expect(seen[0]).toBe('queued');
    expect(seen.at(-1)).toBe('done');
  });

  test('are all stopped, and waited for, when the engine ends; none is taken after that', async () => {
    const [running, waiting] = [start(), start()];
    await running.begun;
    const stopped = new HoldfastError('ENGINE_STOPPED', 'The engine was told to end.');
    await runner.stop(stopped);
    await expect(running.job.result).rejects.toBe(stopped);
    await expect(waiting.job.result).rejects.toBe(stopped);
    expect(Object.values(await states())).toEqual(['interrupted', 'interrupted']);
    expect(() => start()).toThrow(stopped);
  });
});

describe('the next engine', () => {
  test('finds what the last one had not ended as interrupted', async () => {
    const { job, begun } = start();
    await begun;
    await book.write();
    const next = new JobBook(home.open(), () => {});
    expect(await next.ended(alice, null, 10)).toMatchObject([
      { id: job.id, state: 'interrupted', error: { code: 'ENGINE_LOST' } },
    ]);
    job.cancel(cancelled);
  });

  test('gives out what has ended in pages, newest first', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 7; count++) {
      const { job, end } = start();
      end.resolve('');
      await job.result;
      await runner.whenIdle();
      ids.unshift(job.id);
    }
    const first = await book.ended(alice, null, 3);
    const second = await book.ended(alice, first.at(-1)?.id ?? '', 3);
    const third = await book.ended(alice, second.at(-1)?.id ?? '', 3);
    expect([...first, ...second, ...third].map(({ id }) => id)).toEqual(ids);
  });
});

test('a catalog that cannot be written to is said once, and no job waits for it', async () => {
  const closed = home.open();
  await closed.close();
  book = new JobBook(closed, ({ code }) => troubles.push(code));
  runner = new JobRunner({ book, clock, limits: { slots: 2, backgroundSlots: 1 } });
  for (let count = 0; count < 30; count++) {
    const { job, end } = start();
    end.resolve('');
    await job.result;
    await book.write();
  }
  await runner.whenIdle();
  await book.write();
  expect(troubles).toHaveLength(1);
  const kept = book.unwritten(alice);
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThanOrEqual(20);
});
