import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { runByShell, type ShellCommand } from '../../../electron/engine/platform/command-shells.ts';

const path = process.env['PATH'] ?? '';

function start(program: string, words: readonly string[], change: Partial<ShellCommand> = {}) {
  const [output, said]: [Buffer[], Buffer[]] = [[], []];
  const running = runByShell({
    program,
    words,
    folder: '/',
    environment: { PATH: path },
    onOutput: (part) => output.push(part),
    onWords: (part) => said.push(part),
    ...change,
  });
  return {
    running,
    result: async () => {
      const code = await running.ended;
      return { code, output: Buffer.concat(output).toString('latin1'), words: Buffer.concat(said).toString('latin1') };
    },
  };
}

const script = (text: string, change: Partial<ShellCommand> = {}) => start('sh', ['-c', text], change).result();

test('a command gives its output, its words and its exit code', async () => {
  expect(await script('echo out; echo words >&2; exit 7')).toEqual({ code: 7, output: 'out\n', words: 'words\n' });
  expect(await script('printf without-end')).toEqual({ code: 0, output: 'without-end', words: '' });
  expect((await start('no-such-program', []).result()).code).toBe(127);
});

test('words, folders and variables mean what they are, whatever is in them', async () => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast it's `id` $(id) "));
  onTestFinished(() => rm(folder, { recursive: true }));
  const hostile = ["it's", '$(touch /tmp/never)', '`id`', 'two\nlines', '\\', '"; exit 3; "', '', '*', '~', "'"];
  const environment = { PATH: path, ODD: hostile.join('|'), EMPTY: '' };
  const told = await script('pwd; printf "%s." "$ODD" "$EMPTY" "$@"', { folder, environment });
  expect(told.output).toBe(`${folder}\n${hostile.join('|')}..`);
  const words = await start('printf', ['%s|', ...hostile], { folder }).result();
  expect(words.output).toBe(hostile.map((word) => `${word}|`).join(''));
  expect(() => start('true', ['a\0b'])).toThrow(TypeError);
  expect(() => start('true', [], { environment: { 'A=$(id) B': '' } })).toThrow(TypeError);
});

test('of one command nothing is left for the next, and nothing of this process is inherited', async () => {
  process.env['HOLDFAST_NEVER_PASSED_ON'] = 'secret';
  onTestFinished(() => void delete process.env['HOLDFAST_NEVER_PASSED_ON']);
  await script('true', { environment: { PATH: path, LEFT: 'behind' } });
  for (let round = 0; round < 10; round++) expect((await script('env')).output).not.toMatch(/LEFT|HOLDFAST/);
});

test('much output comes whole, however many run at once', async () => {
  const bytes = 3_000_017;
  const results = await Promise.all(
    Array.from({ length: 20 }, async () => (await script(`head -c ${bytes} /dev/zero; echo end >&2`)).output.length),
  );
  expect(results).toEqual(Array(20).fill(bytes));
});

test('a command cannot pretend to have ended', async () => {
  const guess = randomBytes(24).toString('hex');
  expect(await script(`echo ${guess}0 >&2; echo ${guess}; exit 5`)).toEqual({
    code: 5,
    output: `${guess}\n`,
    words: `${guess}0\n`,
  });
});

test('one that is ended takes along what it has started, and the next one is not touched by it', async () => {
  const { running, result } = start('sh', ['-c', 'echo $$; sleep 1000 & echo $!; wait']);
  await sleep(300);
  running.end();
  const { code, output } = await result();
  expect(code).toBe(-1);
  const pids = output.trim().split('\n').map(Number);
  expect(pids).toHaveLength(2);
  await expect.poll(() => pids.some(isAlive)).toBe(false);
  expect((await script('echo still here')).output).toBe('still here\n');
});

/** What has ended and is not yet asked for by its parent does nothing any more. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const file = `/proc/${pid}/stat`;
    return !existsSync(file) || !/\) Z /.test(readFileSync(file, 'latin1'));
  } catch {
    return false;
  }
}

test('a shell that dies while it waits is not used any more', async () => {
  // Each says who has started it.
  const shells = new Set(
    await Promise.all(Array.from({ length: 3 }, async () => Number((await script('echo $PPID')).output))),
  );
  for (const pid of shells) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await expect.poll(() => [...shells].some(isAlive)).toBe(false);
  await sleep(50);
  for (let round = 0; round < 5; round++) expect((await script('exit 3')).code).toBe(3);
});
