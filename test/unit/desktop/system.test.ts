import { EventEmitter } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { watchCrashes } from '../../../electron/desktop/crashes.ts';
import { openKeychain, type KeychainParts } from '../../../electron/desktop/keychain.ts';
import { Wakefulness } from '../../../electron/desktop/power.ts';
import { Quitting } from '../../../electron/desktop/quitting.ts';
import type { Job } from '../../../shared/contract/jobs.ts';
import { job } from './live.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-system-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('quitting', () => {
  function scene(running: Job[], answer = 2) {
    const log: string[] = [];
    const app = Object.assign(new EventEmitter(), { exit: (code: number) => void log.push(`exit ${code}`) });
    const quitting = new Quitting({
      app: app as never,
      dialog: {
        showMessageBox: ((options: { message: string }) => {
          log.push(options.message);
          return Promise.resolve({ response: answer, checkboxChecked: false });
        }) as never,
      },
      window: () => null,
      running: () => running,
      onChange: () => undefined,
      close: () => (log.push('close'), Promise.resolve()),
    });
    return { quitting, app, log };
  }

  test('closes the engine and ends at once while nothing runs', async () => {
    const { quitting, log } = scene([]);
    await quitting.ask();
    expect(log).toEqual(['close', 'exit 0']);
  });

  test('asks while something runs, and stays where that is the answer', async () => {
    const { quitting, log } = scene([job(), job()], 2);
    await quitting.ask();
    expect(log).toEqual(['2 jobs are still running.']);
    expect(quitting.isWaiting).toBe(false);
  });

  test('cancels what runs where that is the answer', async () => {
    const { quitting, log } = scene([job()], 1);
    await quitting.ask();
    expect(log).toEqual(['One job is still running.', 'close', 'exit 0']);
  });

  test('waits for the end of what runs where that is the answer', async () => {
    const running = [job()];
    const { quitting, log } = scene(running, 0);
    await quitting.ask();
    expect(quitting.isWaiting).toBe(true);
    quitting.jobsChanged();
    expect(log).toEqual(['One job is still running.']);
    running.pop();
    quitting.jobsChanged();
    await quitting.end();
    expect(log).toEqual(['One job is still running.', 'close', 'exit 0']);
  });

  test('goes through the question whichever way it begins, once, and without one when the machine goes down', async () => {
    const { quitting, app, log } = scene([job()], 2);
    quitting.listen();
    let prevented = 0;
    for (let time = 0; time < 2; time += 1) app.emit('before-quit', { preventDefault: () => (prevented += 1) });
    await Promise.resolve();
    expect(prevented).toBe(2);
    expect(log).toEqual(['One job is still running.']);
    await quitting.end();
    expect(log.slice(1)).toEqual(['close', 'exit 0']);
  });
});

describe('the keychain', () => {
  const parts = (change: Partial<KeychainParts['safeStorage']> = {}): KeychainParts => ({
    home: folder,
    platform: 'linux',
    safeStorage: {
      isAsyncEncryptionAvailable: () => Promise.resolve(true),
      getSelectedStorageBackend: () => 'gnome_libsecret',
      encryptStringAsync: (text) => Promise.resolve(Buffer.from(`v11${Buffer.from(text).toString('hex')}`)),
      decryptStringAsync: (sealed) =>
        Promise.resolve({ shouldReEncrypt: false, result: Buffer.from(sealed.toString().slice(3), 'hex').toString() }),
      ...change,
    },
  });

  test('keeps secrets from one start to the next, sealed, for this account alone', async () => {
    const first = await openKeychain(parts());
    expect(first?.kind).toBe('keychain');
    await Promise.all([first?.write('a', 'secret a'), first?.write('b', 'secret b'), first?.write('__proto__', 'c')]);
    await first?.remove('b');
    await first?.remove('never there');
    const second = await openKeychain(parts());
    expect(await second?.read('a')).toBe('secret a');
    expect(await second?.read('__proto__')).toBe('c');
    expect(await second?.read('b')).toBeNull();
    const file = join(folder, 'keychain.json');
    expect(readFileSync(file, 'utf8')).not.toContain('secret a');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is none where the system would use a key that everybody knows', async () => {
    expect(await openKeychain(parts({ getSelectedStorageBackend: () => 'basic_text' }))).toBeNull();
    expect(await openKeychain(parts({ isAsyncEncryptionAvailable: () => Promise.resolve(false) }))).toBeNull();
    const known = { encryptStringAsync: () => Promise.resolve(Buffer.from('v10…')) };
    expect(await openKeychain(parts(known))).toBeNull();
  });

  test('says what to do with a file that is not its own', async () => {
    writeFileSync(join(folder, 'keychain.json'), '{"version": 2}');
    const keychain = await openKeychain(parts());
    await expect(keychain?.read('a')).rejects.toThrow(/not what Holdfast wrote/);
    await expect(keychain?.write('a', 'b')).rejects.toThrow(/not what Holdfast wrote/);
  });
});

test('the machine is kept awake while something runs, and only then', () => {
  const log: string[] = [];
  const wakefulness = new Wakefulness({
    start: (type) => (log.push(type), 7),
    stop: (id) => (log.push(`stop ${id}`), true),
  });
  for (const isRunning of [false, true, true, false, false]) wakefulness.keep(isRunning);
  expect(log).toEqual(['prevent-app-suspension', 'stop 7']);
});

describe('a crash', () => {
  function scene() {
    const app = new EventEmitter();
    const process = new EventEmitter();
    const log: string[] = [];
    const clock = { ms: Date.parse('2026-03-01T12:00:00Z') };
    watchCrashes({
      app: app as never,
      process,
      home: folder,
      version: '1.2.3',
      nowMs: () => (clock.ms += 1),
      onFatal: (report) => void log.push(`fatal ${report}`),
      onPageLost: () => void log.push('page lost'),
    });
    return { app, process, log };
  }

  test('of the program is written down for this account alone, then ends it', () => {
    const { process, log } = scene();
    process.emit('uncaughtException', new Error('broken'));
    const [name = ''] = readdirSync(join(folder, 'crashes'));
    const file = join(folder, 'crashes', name);
    expect(log).toEqual([`fatal ${file}`]);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^Uncaught exception\n2026-03-01T12:00:00\.\d+Z\nHoldfast 1\.2\.3, .*\n\nError: broken/,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('of the page brings it back, but not for ever', () => {
    const { app, log } = scene();
    const page = { isDestroyed: () => false, reload: () => void log.push('reload') };
    for (let time = 0; time < 4; time += 1)
      app.emit('render-process-gone', {}, page, { reason: 'crashed', exitCode: 5 });
    app.emit('render-process-gone', {}, page, { reason: 'clean-exit', exitCode: 0 });
    expect(log).toEqual(['reload', 'reload', 'reload', 'page lost']);
  });
});
