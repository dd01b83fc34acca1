import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configured, eventsOf, makeScene, type Handlers } from './harness.ts';
import { protectResult } from './samples.ts';

const empty: Handlers = { 'snapshots.list': () => ({ snapshots: [], unreadable: [] }) };
const repositoryOf = (call: { input: unknown } | undefined): unknown =>
  (call?.input as { repository: unknown } | undefined)?.repository;

describe('the repository', () => {
  it('is the one of --repository, before that of the environment, relative to the working folder', async () => {
    await using scene = await makeScene({ handlers: empty });
    await scene.holdfast('snapshots', '--repository', 'mine');
    await scene.holdfast('--repository', '/theirs', 'snapshots');
    expect(scene.calls.map(repositoryOf)).toEqual([
      { location: join(scene.folder, 'mine'), password: 'secret' },
      { location: '/theirs', password: 'secret' },
    ]);
  });

  it('is the default one where that exists', async () => {
    await using scene = await makeScene({ env: { HOLDFAST_HOME: 'state', HOLDFAST_PASSWORD: 'p' }, handlers: empty });
    await mkdir(join(scene.folder, 'state/repository'), { recursive: true });
    await writeFile(join(scene.folder, 'state/repository/config'), '');
    expect(await scene.holdfast('snapshots')).toBe(0);
    expect(repositoryOf(scene.calls[0])).toEqual({ location: join(scene.folder, 'state/repository'), password: 'p' });
  });

  it('is missing otherwise, and no password is asked for', async () => {
    await using scene = await makeScene({ env: {}, typed: ['p'], handlers: empty });
    expect(await scene.holdfast('snapshots', '--json')).toBe(2);
    expect(JSON.parse(scene.stdout.text)).toMatchObject({ error: { code: 'NO_REPOSITORY' } });
    expect(scene.questions).toEqual([]);
  });
});

describe('the password', () => {
  const env = { HOLDFAST_REPOSITORY: '/r', HOLDFAST_PASSWORD_FILE: 'pw' };

  it('is the file without the newline at its end, and nothing else cut', async () => {
    await using scene = await makeScene({ env, handlers: empty });
    for (const content of [' one \n', 'two\r\n', 'three\n\n', 'four']) {
      await writeFile(join(scene.folder, 'pw'), content, { mode: 0o600 });
      await scene.holdfast('snapshots');
    }
    expect(scene.calls.map((call) => (repositoryOf(call) as { password: string }).password)).toEqual([
      ' one ',
      'two',
      'three\n',
      'four',
    ]);
    expect(scene.stderr.text).toBe('');
  });

  it('in a file that others can read is used with a warning', async () => {
    await using scene = await makeScene({ env, handlers: empty });
    await writeFile(join(scene.folder, 'pw'), 'secret\n');
    await chmod(join(scene.folder, 'pw'), 0o604);
    expect(await scene.holdfast('snapshots')).toBe(0);
    expect(scene.stderr.text).toContain(`Warning: Other users can read the password in ${join(scene.folder, 'pw')}`);
  });

  it('in a file that is missing, empty or far too large is none', async () => {
    await using scene = await makeScene({ env, handlers: empty });
    expect(await scene.holdfast('snapshots')).toBe(2);
    await writeFile(join(scene.folder, 'pw'), '\n');
    expect(await scene.holdfast('snapshots')).toBe(2);
    await writeFile(join(scene.folder, 'pw'), 'x'.repeat(100_000));
    expect(await scene.holdfast('snapshots')).toBe(2);
    expect(scene.stderr.text.match(/Error NO_PASSWORD/g)).toHaveLength(3);
    expect(scene.opened).toBe(0);
  });

  it('comes from the variable before the file, and from the terminal last', async () => {
    await using both = await makeScene({ env: { ...env, HOLDFAST_PASSWORD: 'variable' }, handlers: empty });
    await both.holdfast('snapshots');
    expect(repositoryOf(both.calls[0])).toMatchObject({ password: 'variable' });
    await using asked = await makeScene({ env: { HOLDFAST_REPOSITORY: '/r' }, typed: ['typed'], handlers: empty });
    await asked.holdfast('snapshots');
    expect(repositoryOf(asked.calls[0])).toMatchObject({ password: 'typed' });
    expect(asked.questions).toEqual(['Password of the repository at /r: ']);
  });

  it('is missing where nobody can be asked', async () => {
    await using scene = await makeScene({ env: { HOLDFAST_REPOSITORY: '/r' }, handlers: empty });
    expect(await scene.holdfast('snapshots')).toBe(2);
    expect(scene.stderr.text).toContain('Error NO_PASSWORD');
    expect(scene.stderr.text).toContain('HOLDFAST_PASSWORD_FILE');
  });
});

describe('Ctrl-C', () => {
  const started = Promise.withResolvers<void>();
  const untilAborted: Handlers = {
    'protection.protect': async function* (_input: never, signal: AbortSignal | undefined) {
      yield { type: 'notice', text: 'started' };
      started.resolve();
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      throw new DOMException('aborted', 'AbortError');
    },
  };

  it('cancels, says so, waits for the engine, and ends with the documented code', async () => {
    await using scene = await makeScene({ handlers: untilAborted });
    const running = scene.holdfast('protect', '/data');
    await started.promise;
    scene.interrupt();
    expect(await running).toBe(1);
    expect(scene.stderr.text).toMatch(/Cancelling; .*\nError CANCELLED: The command was cancelled by Ctrl-C\.\n/);
    expect([scene.closed, scene.deaths]).toEqual([1, []]);
  });

  it('ends the process the second time, but not when one keystroke arrives twice', async () => {
    const finish = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const stubborn: Handlers = {
      'protection.protect': async function* () {
        begun.resolve();
        await finish.promise;
        yield { type: 'done', result: protectResult };
      },
    };
    await using scene = await makeScene({ handlers: stubborn });
    const running = scene.holdfast('protect', '/data');
    await begun.promise;
    scene.interrupt();
    scene.clock.ms += 20;
    scene.interrupt();
    expect(scene.deaths).toEqual([]);
    scene.clock.ms += 2000;
    scene.interrupt('SIGTERM');
    expect(scene.deaths).toEqual(['SIGTERM']);
    finish.resolve();
    await running;
    scene.interrupt();
    expect(scene.deaths).toHaveLength(1);
  });
});

it('lets a run that nobody reads come to its end', async () => {
  const handlers: Handlers = {
    'protection.protect': () => eventsOf({ type: 'done', result: { ...protectResult, status: 'partial' } }),
  };
  await using scene = await makeScene({ env: configured, handlers });
  scene.stdout.closed = true;
  expect(await scene.holdfast('protect', '/data')).toBe(3);
});
