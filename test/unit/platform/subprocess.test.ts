import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  keptOutputBytes,
  runSubprocess,
  type SubprocessRequest,
} from '../../../electron/engine/platform/subprocess.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-subprocess-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const environment = { PATH: process.env['PATH'] ?? '' };

const run = (argv: readonly string[], more: Partial<SubprocessRequest> = {}) =>
  runSubprocess({ argv, environment, timeoutMs: 30_000, signal: never, ...more });

const shell = (script: string, more: Partial<SubprocessRequest> = {}) => run(['/bin/sh', '-c', script], more);

/** A script whose child writes its own id, and outlives whoever is asked politely. */
const stubborn = (file: string) =>
  `trap '' TERM; sh -c 'trap "" TERM; echo $$ > "${file}"; sleep 600 & wait; sleep 600' & wait; sleep 600`;

async function idIn(file: string): Promise<number> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.endsWith('\n')) return Number(text);
    await sleep(5);
  }
}

async function isGone(pid: number): Promise<boolean> {
  // What has died and was not waited for by whoever inherits it is gone as well.
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (stat === null || stat.includes(') Z ')) return true;
    await sleep(5);
  }
}

describe('a program', () => {
  test('gets its words as they are, whatever is in them', async () => {
    const odd = ['a b', `it's "quoted"`, '$HOME `id` $(id)', 'two\nlines', '*', '', '--', 'ünï', ';rm -rf /'];
    const script = join(folder, 'words');
    await writeFile(script, `#!/bin/sh\nfor word in "$@"; do printf '%s\\0' "$word"; done`, { mode: 0o755 });
    const { end, output } = await run([script, ...odd]);
    expect(end).toEqual({ kind: 'exited', code: 0 });
    expect(output.toString('utf8').split('\0').slice(0, -1)).toEqual(odd);
  });

  test('sees the environment it is given and nothing of ours', async () => {
    process.env['HOLDFAST_PASSWORD'] = 'swordfish';
    try {
      const { output } = await run(['/usr/bin/env'], {
        environment: { PATH: '/usr/bin:/bin', HOLDFAST_HOOK: 'before' },
      });
      expect(output.toString('utf8').trim().split('\n').toSorted()).toEqual([
        'HOLDFAST_HOOK=before',
        'PATH=/usr/bin:/bin',
      ]);
    } finally {
      delete process.env['HOLDFAST_PASSWORD'];
    }
  });

  test('has nothing to read, and says how it ended', async () => {
    expect((await run(['cat'])).end).toEqual({ kind: 'exited', code: 0 });
    expect((await shell('exit 7')).end).toEqual({ kind: 'exited', code: 7 });
    expect((await shell('kill -KILL $$')).end).toEqual({ kind: 'killed', signal: 'SIGKILL' });
  });

  test.each([['/no/such/program'], ['no-such-program-anywhere'], ['/etc/passwd'], ['/usr/bin/\0true']])(
    'that cannot be started is said to be so: %j',
    async (program) => {
      expect((await run([program])).end).toMatchObject({ kind: 'notStarted' });
    },
  );

  test('may say as much as it likes: the end of it is kept', async () => {
    const { output, isCut } = await shell('yes a-line-of-text | head -c 20000000; echo; echo the end >&2');
    expect(output.length).toBe(keptOutputBytes);
    expect(output.toString('latin1').endsWith('the end\n')).toBe(true);
    expect(isCut).toBe(true);
    expect(await shell('echo short')).toMatchObject({ isCut: false, output: Buffer.from('short\n') });
  });

  test('that takes too long ends with all it has started, also where they do not want to', async () => {
    const file = join(folder, 'grandchild');
    const { end } = await shell(stubborn(file), { timeoutMs: 1_000, graceMs: 100 });
    expect(end).toEqual({ kind: 'timeLimit' });
    expect(await isGone(await idIn(file))).toBe(true);
  });

  test('that is asked politely may tidy up', async () => {
    const file = join(folder, 'tidy');
    const { end, output } = await shell(
      `trap 'echo bye; exit 0' TERM; echo $$ > ${file}; while :; do sleep 0.05; done`,
      {
        timeoutMs: 500,
        graceMs: 20_000,
      },
    );
    expect(end).toEqual({ kind: 'timeLimit' });
    expect(output.toString('utf8')).toMatch(/bye\n$/);
  });

  test('ends with all it has started when the run is told to stop', async () => {
    const file = join(folder, 'grandchild');
    const stop = new AbortController();
    const running = shell(stubborn(file), { signal: stop.signal, graceMs: 100 });
    const pid = await idIn(file);
    stop.abort();
    expect((await running).end).toEqual({ kind: 'cancelled' });
    expect(await isGone(pid)).toBe(true);
    expect((await shell('exit 0', { signal: stop.signal })).end).toEqual({ kind: 'cancelled' });
  });

  test('may leave a guard behind that outlives it, and is not waited for', async () => {
    const file = join(folder, 'guard');
    const { end } = await shell(
      `sh -c 'echo $$ > "${file}"; exec sleep 600' & while ! [ -s "${file}" ]; do sleep 0.01; done`,
    );
    expect(end).toEqual({ kind: 'exited', code: 0 });
    const pid = await idIn(file);
    expect(() => process.kill(pid, 0)).not.toThrow();
    process.kill(pid, 'SIGKILL');
    expect(await isGone(pid)).toBe(true);
  });
});
