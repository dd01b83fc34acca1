import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Quitting } from '../../../electron/desktop/quitting.ts';
import { isNewer, readNote, readUpdateFeed, type UpdateFeed } from '../../../electron/desktop/update-note.ts';
import { signRelease } from '../../../packaging/sign-release.ts';
import { fetchBytes, Updates, type Updater } from '../../../electron/desktop/updates.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
const release = Buffer.from('the new program');
const sha512 = createHash('sha512').update(release).digest('base64');
const noteOf = (change: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      product: 'holdfast',
      version: '1.2.0',
      files: [{ name: 'holdfast-1.2.0.AppImage', size: release.length, sha512 }],
      ...change,
    }),
  );
const signed = (note: Buffer, by = privateKey): string => sign(null, note, by).toString('base64');

let folder: string;
let server: Server;
/** What the feed answers, by path. */
let answers: Map<string, Buffer | string>;
let asked: string[];
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-updates-'));
  answers = new Map();
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const answer = answers.get(request.url ?? '');
    if (answer === 'elsewhere') response.writeHead(302, { location: '/other' }).end();
    else if (answer === undefined) response.writeHead(404).end();
    else response.end(answer);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  await new Promise((resolve) => void server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function tell(note: Buffer, signature = signed(note)): void {
  answers.set('/release.json', note);
  answers.set('/release.json.sig', `${signature}\n`);
}

type Scene = { updates: Updates; log: string[]; set: (on: boolean) => void; now: { ms: number }; updater: Updater };

/** electron-updater as far as it is used, on a file that "arrives" as given. */
function scene({ arrives = release, offers = sha512, installed = true, isBusy = false, feed = true } = {}): Scene {
  const log: string[] = [];
  let on = false;
  const now = { ms: 1_000_000 };
  const file = join(folder, 'arrived');
  const updater: Updater = {
    autoDownload: true,
    autoInstallOnAppQuit: true,
    allowDowngrade: true,
    setFeedURL: ({ url: given }) => void log.push(`feed ${given === url}`),
    checkForUpdates: () =>
      Promise.resolve(installed ? { updateInfo: { version: '1.2.0', files: [{ sha512: offers }] } } : null),
    downloadUpdate: () => {
      log.push('download');
      writeFileSync(file, arrives);
      return Promise.resolve([file]);
    },
    quitAndInstall: () => void log.push('install'),
    on: () => undefined,
  };
  const updates = new Updates({
    feed: feed ? { url, key } : null,
    version: '1.1.9',
    isOn: () => on,
    load: () => Promise.resolve((log.push('load'), updater)),
    fetch: (address, maximum) => fetchBytes(fetch, address, maximum),
    nowMs: () => now.ms,
    isBusy: () => isBusy,
    leave: (then) => Promise.resolve(log.push('closed')).then(() => then()),
    onChange: () => undefined,
  });
  return { updates, log, set: (wanted) => (on = wanted), now, updater };
}

describe('updates', () => {
  test('contact nothing and load nothing before somebody has switched them on, nor without a feed', async () => {
    tell(noteOf());
    const { updates, log } = scene();
    await updates.tick();
    for (const step of ['check', 'download', 'install'] as const) await updates.take(step);
    expect(asked).toEqual([]);
    expect(log).toEqual([]);
    const without = scene({ feed: false });
    without.set(true);
    await without.updates.tick();
    await without.updates.take('check');
    expect(asked).toEqual([]);
    expect(without.updates.feed).toBeNull();
  });

  test('ask for two small files once a day, and download nothing by themselves', async () => {
    tell(noteOf({ version: '1.1.9' }));
    const { updates, log, set, now } = scene();
    set(true);
    await updates.tick();
    await updates.tick();
    expect(asked).toEqual(['/release.json', '/release.json.sig']);
    expect(updates.state).toEqual({ kind: 'current', atMs: now.ms });
    now.ms += 24 * 60 * 60 * 1000;
    tell(noteOf());
    await updates.tick();
    expect(updates.state).toEqual({ kind: 'available', version: '1.2.0' });
    expect(asked).toHaveLength(4);
    expect(log).toEqual([]);
    set(false);
    expect(updates.state).toEqual({ kind: 'idle' });
  });

  test('go from a signed note over a download that is compared with it to an installation, each when asked for', async () => {
    tell(noteOf());
    const { updates, log, set, updater } = scene();
    set(true);
    await updates.take('install');
    await updates.take('download');
    expect(log).toEqual([]);
    await updates.take('check');
    await updates.take('download');
    expect(updates.state).toEqual({ kind: 'ready', version: '1.2.0' });
    expect([updater.autoDownload, updater.autoInstallOnAppQuit, updater.allowDowngrade]).toEqual([false, false, false]);
    expect(log).toEqual(['load', 'feed true', 'download']);
    await updates.take('install');
    expect(log.slice(3)).toEqual(['closed', 'install']);
  });

  test('install nothing while jobs run', async () => {
    tell(noteOf());
    const { updates, log, set } = scene({ isBusy: true });
    set(true);
    for (const step of ['check', 'download', 'install'] as const) await updates.take(step);
    expect(log).not.toContain('closed');
    expect(updates.state.kind).toBe('ready');
  });

  test.each([
    ['of another key', () => tell(noteOf(), signed(noteOf(), generateKeyPairSync('ed25519').privateKey))],
    ['of another note', () => tell(noteOf(), signed(noteOf({ version: '1.2.1' })))],
    ['that is none', () => tell(noteOf(), 'signed, the publisher')],
    ['under a note of another product', () => tell(noteOf({ product: 'other' }))],
    [
      'under a note whose file leads out of its folder',
      () => tell(noteOf({ files: [{ name: '../x', size: 1, sha512 }] })),
    ],
  ])('refuse a signature %s', async (_, prepare) => {
    prepare();
    const { updates, log, set } = scene();
    set(true);
    for (const step of ['check', 'download', 'install'] as const) await updates.take(step);
    expect(updates.state).toMatchObject({ kind: 'failed', problem: expect.stringContaining('not signed') as unknown });
    expect(log).toEqual([]);
  });

  test('refuse files that are not those of the note, before and after they have arrived', async () => {
    tell(noteOf());
    const other = scene({ offers: createHash('sha512').update('other').digest('base64') });
    other.set(true);
    for (const step of ['check', 'download', 'install'] as const) await other.updates.take(step);
    expect(other.log).toEqual(['load', 'feed true']);
    expect(other.updates.state).toMatchObject({ kind: 'failed' });
    const changed = scene({ arrives: Buffer.from('the new programme') });
    changed.set(true);
    for (const step of ['check', 'download', 'install'] as const) await changed.updates.take(step);
    expect(changed.log).toEqual(['load', 'feed true', 'download']);
    expect(changed.updates.state).toMatchObject({ problem: expect.stringContaining('is not installed') as unknown });
  });

  test('say what was wrong with the way there: no answer, an answer without end, another address, a copy without a package', async () => {
    const { updates, set } = scene({ installed: false });
    set(true);
    const problem = async (): Promise<string> => {
      await updates.take('check');
      return updates.state.kind === 'failed' ? updates.state.problem : '';
    };
    expect(await problem()).toContain('status 404');
    answers.set('/release.json', Buffer.alloc(300 * 1024));
    expect(await problem()).toContain('too long');
    answers.set('/release.json', 'elsewhere');
    expect(await problem()).toContain('did not answer as expected');
    expect(asked).not.toContain('/other');
    tell(noteOf());
    await updates.take('check');
    await updates.take('download');
    expect(updates.state).toMatchObject({ problem: expect.stringContaining('not installed by a package') as unknown });
  });
});

describe('what a copy was built with', () => {
  const readBack = (content: unknown): Promise<UpdateFeed | null> => {
    writeFileSync(join(folder, 'updates.json'), JSON.stringify(content));
    return readUpdateFeed(join(folder, 'updates.json'));
  };

  test('is a feed with its key, or nothing; the one of this checkout is nothing', async () => {
    const feed = 'https://updates.example.org/holdfast/';
    expect(await readBack({ feed, key })).toEqual({ url: feed, key });
    for (const wrong of [
      { feed, key: null },
      { feed: 'http://updates.example.org/', key },
      { feed: 'x', key },
      [],
      null,
    ])
      expect(await readBack(wrong)).toBeNull();
    expect(await readUpdateFeed(join(folder, 'missing.json'))).toBeNull();
    expect(await readUpdateFeed('resources/updates.json')).toBeNull();
  });

  test('takes a note of the key alone, and compares versions by their numbers', () => {
    expect(readNote(noteOf(), signed(noteOf()), key)).toMatchObject({ version: '1.2.0' });
    expect(readNote(noteOf({ version: '1.2' }), signed(noteOf({ version: '1.2' })), key)).toBeNull();
    expect([isNewer('1.10.0', '1.9.9'), isNewer('1.2.0', '1.2.0'), isNewer('0.9.9', '1.0.0')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

test('a release is signed so that the program takes it', () => {
  writeFileSync(join(folder, 'holdfast-1.2.0-linux-x86_64.AppImage'), release);
  writeFileSync(join(folder, 'latest-linux.yml'), 'not signed: what it names is');
  signRelease(folder, '1.2.0', privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
  const note = readFileSync(join(folder, 'release.json'));
  const signature = readFileSync(join(folder, 'release.json.sig'), 'latin1');
  expect(readNote(note, signature, key)).toEqual({
    product: 'holdfast',
    version: '1.2.0',
    files: [{ name: 'holdfast-1.2.0-linux-x86_64.AppImage', size: release.length, sha512 }],
  });
  note[40] = (note[40] ?? 0) ^ 1;
  expect(readNote(note, signature, key)).toBeNull();
});

test('a program that leaves for an update closes in order, and then does not hold its end up', async () => {
  const log: string[] = [];
  let beforeQuit = (_event: { preventDefault(): void }): void => undefined;
  const quitting = new Quitting({
    app: {
      on: (_: string, listener: typeof beforeQuit) => void (beforeQuit = listener),
      exit: () => void log.push('exit'),
    } as never,
    dialog: null as never,
    window: () => null,
    running: () => [],
    onChange: () => undefined,
    close: () => Promise.resolve(void log.push('close')),
  });
  quitting.listen();
  await quitting.end(() => beforeQuit({ preventDefault: () => void log.push('held up') }));
  expect(log).toEqual(['close']);
});
