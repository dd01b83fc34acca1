import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { endRestingThreads, giveBackThread, lendThread } from '../../../electron/engine/platform/lent-threads.ts';
import { stopThread, type Thread } from '../../../electron/engine/platform/threads.ts';
import { countThreads as countStarted } from '../../support/count-threads.ts';
import type { LentAnswer, LentTask } from '../../support/lent-work.ts';
import { run } from '../../support/processes.ts';

const script = new URL('../../support/lent-work.ts', import.meta.url);

afterEach(async () => {
  vi.useRealTimers();
  await endRestingThreads();
});

const countThreads = async (work: () => Promise<unknown>): Promise<number> => countStarted(work, { restingStay: true });

function lend(name: string, ending: 'rests' | 'ends' | 'fails' = 'rests'): Thread {
  const thread = lendThread(script, { data: { name, ending } });
  thread.on('error', () => undefined);
  return thread;
}

async function ask(thread: Thread, task: LentTask): Promise<LentAnswer> {
  const answer = once(thread, 'message');
  thread.postMessage(task);
  const [said] = (await answer) as [LentAnswer];
  return said;
}

test('one that was given back works for the next, and what it says late of the last one nobody hears', async () => {
  const first = lend('first');
  const { thread } = await ask(first, 'sayLater');
  const exit = once(first, 'exit');
  await giveBackThread(first);
  expect((await exit)[0]).toBe(0);
  expect(first.hasEnded).toBe(true);
  const second = lend('second');
  const heard: LentAnswer[] = [];
  second.on('message', (message: LentAnswer) => heard.push(message));
  expect(await ask(second, 'echo')).toEqual({ thread, to: 'echo', name: 'second' });
  // What came too late for the first one would have come by now.
  await sleep(60);
  expect(await ask(second, 'echo')).toEqual({ thread, to: 'echo', name: 'second' });
  expect(heard.map(({ name, to }) => `${name}: ${to}`)).toEqual(['second: echo', 'second: echo']);
  // The first one has no say any more.
  await stopThread(first);
  await giveBackThread(first);
  expect((await ask(second, 'echo')).thread).toBe(thread);
  await stopThread(second);
});

test('one that is given back twice at once is given back once', async () => {
  const first = lend('first');
  await ask(first, 'echo');
  await Promise.all([giveBackThread(first), giveBackThread(first)]);
  const second = lend('second', 'ends');
  await ask(second, 'echo');
  await giveBackThread(second);
  expect(await countThreads(async () => giveBackThread(lend('third')))).toBe(1);
});

test('one that is stopped while it is given back is not lent again', async () => {
  const first = lend('first');
  await ask(first, 'echo');
  await Promise.all([giveBackThread(first), stopThread(first)]);
  const second = lend('second');
  expect(await ask(second, 'echo')).toMatchObject({ name: 'second' });
  await giveBackThread(second);
});

test('two at once are two, and others are for those who have another script or other limits', async () => {
  const [first, second] = [lend('first'), lend('second')];
  expect((await ask(first, 'echo')).thread).not.toBe((await ask(second, 'echo')).thread);
  await Promise.all([first, second].map(giveBackThread));
  expect(await countThreads(async () => Promise.all([lend('third'), lend('fourth')].map(stopThread)))).toBe(0);
  await giveBackThread(lend('fifth'));
  const limited = { data: { name: 'sixth', ending: 'rests' }, resourceLimits: { maxOldGenerationSizeMb: 64 } };
  expect(await countThreads(async () => giveBackThread(lendThread(script, limited)))).toBe(1);
});

test.each(['ends', 'fails'] as const)('one whose work %s is not lent again', async (ending) => {
  const first = lend('first', ending);
  await ask(first, 'echo');
  await giveBackThread(first);
  expect(first.hasEnded).toBe(true);
  expect(await countThreads(async () => giveBackThread(lend('second')))).toBe(1);
});

test('one that fails says so, after all that it said before, and is not lent again', async () => {
  const first = lend('first');
  const events: string[] = [];
  first.on('message', ({ to }: LentAnswer) => events.push(to));
  first.on('error', (error) => events.push((error as Error).message));
  const exit = new Promise((resolve) => first.on('exit', resolve)).then(() => events.push('exit'));
  first.postMessage('echo' satisfies LentTask);
  first.postMessage('fail' satisfies LentTask);
  await exit;
  expect(events).toEqual(['echo', 'fail', 'it fails', 'exit']);
  await giveBackThread(first);
  expect(await countThreads(async () => giveBackThread(lend('second')))).toBe(1);
});

test('one that is stopped ends in the middle of its work', async () => {
  const first = lend('first');
  await ask(first, 'hang');
  await stopThread(first);
  expect(first.hasEnded).toBe(true);
  expect(await countThreads(async () => giveBackThread(lend('second')))).toBe(1);
});

test('one that does not answer within five seconds when it is given back is ended', async () => {
  const first = lend('first');
  await ask(first, 'hang');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const given = giveBackThread(first);
  vi.advanceTimersByTime(4_900);
  expect(first.hasEnded).toBe(false);
  vi.advanceTimersByTime(100);
  await given;
  expect(first.hasEnded).toBe(true);
  expect(await countThreads(async () => giveBackThread(lend('second')))).toBe(1);
});

test('one that has taken much memory, which nothing would press it to give back, is ended', async () => {
  const first = lend('first');
  await ask(first, 'takeMemory');
  await giveBackThread(first);
  expect(await countThreads(async () => giveBackThread(lend('second')))).toBe(1);
});

test('one rests for ten seconds, and only a few rest', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const many = Array.from({ length: 10 }, (_, number) => lend(String(number)));
  await Promise.all(many.map(async (thread) => ask(thread, 'echo')));
  for (const thread of many) await giveBackThread(thread);
  const again = async (count: number): Promise<number> =>
    countThreads(async () => {
      const threads = Array.from({ length: count }, (_, number) => lend(String(number)));
      for (const thread of threads) await ask(thread, 'echo');
      for (const thread of threads) await giveBackThread(thread);
    });
  expect(await again(10)).toBe(2);
  vi.advanceTimersByTime(9_000);
  expect(await again(1)).toBe(0);
  vi.advanceTimersByTime(9_000);
  // All but the one that was asked for in between have gone.
  expect(await again(2)).toBe(1);
});

test('what rests does not keep a process from ending', async () => {
  const resting = fileURLToPath(new URL('../../support/rest-a-thread.ts', import.meta.url));
  const ended = await run(process.execPath, [resting]);
  expect(ended).toMatchObject({ code: 0, stdout: 'rests' });
});
