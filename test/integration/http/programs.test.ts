/** What programs rely on: retries, events, rates, a client that is generated from the document, and being put out. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { generateSource } from 'oazapfts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../shared/contract/events.ts';
import { makeHttpEngine, type Answer, type HttpEngine } from '../../support/http-engine.ts';

const password = 'a password of a test';
const roots: string[] = [];
let engine: HttpEngine;
let repository: { id: string };

beforeAll(async () => {
  engine = await makeHttpEngine();
  const client = await engine.client();
  const location = join(engine.home, 'repository');
  const made = await client.repositories.create({ location, password, name: 'main' });
  repository = { id: made.repository.id };
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  for (const root of roots) await rm(root, { recursive: true, force: true });
});

type Posted = { readonly token: string; readonly path: string; readonly body: unknown; readonly key?: string };
const post = ({ token, path, body, key }: Posted): Promise<Answer> =>
  engine.ask(`/api/v1${path}`, {
    method: 'POST',
    headers: { ...engine.bearer(token), ...(key !== undefined && { 'idempotency-key': key }) },
    body,
  });

const folderSource = (name: string, path: string) => ({
  kind: 'folder' as const,
  name,
  paths: [path],
  excludes: [],
  excludeCaches: false,
  excludeLargerThanBytes: null,
  oneFileSystem: false,
  commands: { before: null, after: null },
});

async function folder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(engine.home, '..', name);
  await mkdir(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content);
  return path;
}

describe('a retry with an Idempotency-Key', () => {
  test('is answered as the first request was, and carried out once', async () => {
    const token = await engine.token('admin');
    const path = await folder('retried', { a: 'a' });
    const add = { repository, source: folderSource('retried', path) };
    const first = await post({ token, path: '/sources', body: add, key: 'k-1' });
    expect(first.status, first.text).toBe(200);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    const second = await post({ token, path: '/sources', body: add, key: 'k-1' });
    expect([second.status, second.json()]).toEqual([200, first.json()]);
    expect(second.headers['idempotent-replayed']).toBe('true');
    // Without it, the same request is another one.
    expect((await post({ token, path: '/sources', body: add })).json()).toMatchObject({ code: 'SOURCE_EXISTS' });
    // A key is one of its client.
    const other = await post({ token: await engine.token('admin'), path: '/sources', body: add, key: 'k-1' });
    expect(other.json()).toMatchObject({ code: 'SOURCE_EXISTS' });
    await engine.restart();
    await (await engine.client()).repositories.unlock({ id: repository.id, password });
    const third = await post({ token, path: '/sources', body: add, key: 'k-1' });
    expect([third.status, third.json(), third.headers['idempotent-replayed']]).toEqual([200, first.json(), 'true']);
  });

  test('is refused for another body, and for another call', async () => {
    const token = await engine.token('admin');
    const hold = { name: 'x', role: 'read' };
    expect((await post({ token, path: '/tokens', body: hold, key: 'k-2' })).status).toBe(200);
    const otherBody = await post({ token, path: '/tokens', body: { ...hold, name: 'y' }, key: 'k-2' });
    expect([otherBody.status, otherBody.json()]).toMatchObject([422, { code: 'IDEMPOTENCY_KEY_USED' }]);
    const otherCall = await post({ token, path: '/console/link', body: hold, key: 'k-2' });
    expect(otherCall.json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_USED' });
    const unusable = await post({ token, path: '/tokens', body: hold, key: 'x'.repeat(256) });
    expect([unusable.status, unusable.json()]).toMatchObject([400, { code: 'REQUEST_INVALID' }]);
  });

  test('gets no secret that an answer held, and none is in the catalog', async () => {
    const token = await engine.token('admin');
    const body = { name: 'secretly', role: 'read' };
    const first = await post({ token, path: '/tokens', body, key: 'k-3' });
    const { secret } = first.json() as { secret: string };
    const second = await post({ token, path: '/tokens', body, key: 'k-3' });
    expect([second.status, second.json()]).toMatchObject([409, { code: 'IDEMPOTENCY_DONE' }]);
    expect(second.text).not.toContain(secret);
    const { readFile, readdir } = await import('node:fs/promises');
    const files = (await readdir(engine.home)).filter((name) => name.startsWith('catalog'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect((await readFile(join(engine.home, file))).includes(secret)).toBe(false);
  });

  test('waits for the first one to end, and gets the job and the end of a long operation', async () => {
    const token = await engine.token('admin');
    const path = await folder('long', { a: 'x'.repeat(3_000_000) });
    const body = { repository, paths: [path] };
    const asked = { token, path: '/protect', body, key: 'k-4' };
    const [one, two] = await Promise.all([post(asked), post(asked)]);
    const refused = [one, two].filter(({ status }) => status === 409);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.json()).toMatchObject({ code: 'IDEMPOTENCY_UNDER_WAY' });
    expect(refused[0]?.headers['retry-after']).toBe('1');
    const again = await post(asked);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const events = dataIn(again.text) as { type: string; job?: string }[];
    expect(events.map(({ type }) => type)).toEqual(['job', 'done']);
    const first = [one, two].find(({ status }) => status === 200);
    expect(first?.text).toContain(events[0]?.job);
    const { snapshots } = (await post({ token, path: '/snapshots/list', body: { repository } })).json() as {
      snapshots: { paths: string[] }[];
    };
    expect(snapshots.filter(({ paths }) => paths.includes(path))).toHaveLength(1);
  });

  test('of a request that was refused may succeed', async () => {
    const token = await engine.token('admin');
    const body = { job: 'ffff' };
    const asked = { token, path: '/jobs/ffff/cancel', body: {}, key: 'k-5' };
    expect((await post(asked)).json()).toMatchObject({ code: 'JOB_NOT_FOUND' });
    const again = await post(asked);
    expect([again.json(), again.headers['idempotent-replayed'], body]).toMatchObject([
      { code: 'JOB_NOT_FOUND' },
      undefined,
      body,
    ]);
  });
});

function dataIn(text: string): unknown[] {
  return [...text.matchAll(/^data:\s?(.*)$/gm)].flatMap(([, line = '']) =>
    line === '' ? [] : [JSON.parse(line) as unknown],
  );
}

/** Reads events until `enough` says so, and leaves. */
async function eventsOf(
  token: string,
  headers: Readonly<Record<string, string>>,
  enough: (text: string) => boolean,
): Promise<string> {
  const leave = new AbortController();
  const answer = await fetch(`${engine.origin}/api/v1/events`, {
    headers: { ...engine.bearer(token), ...headers },
    signal: leave.signal,
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  while (!enough(heard)) heard += (await reader?.read())?.value ?? '';
  leave.abort();
  await reader?.cancel().catch(() => undefined);
  return heard;
}

describe('the stream of events', () => {
  test('tells of a run from its job to its snapshot, and goes on after the event that is named', async () => {
    const token = await engine.token('read');
    const path = await folder('told', { a: 'a' });
    const client = await engine.client();
    await client.sources.add({ repository, source: folderSource('told', path) });
    const heard = eventsOf(token, {}, (text) => text.includes('"kind":"snapshot"') && text.includes('"what":"done"'));
    const protect = async (): Promise<void> => {
      for await (const event of await client.protection.protect({ repository, registered: 'told' })) void event;
    };
    await protect();
    const first = dataIn(await heard) as EngineEvent[];
    expect(first[0]).toMatchObject({ kind: 'begin', tenant: 'default' });
    expect(first.some(({ kind, title }) => kind === 'job' && title.includes('told'))).toBe(true);
    expect(first.some(({ kind, source, what }) => kind === 'snapshot' && source === 'told' && what === 'taken')).toBe(
      true,
    );
    await protect();
    const last = first.at(-1)?.id ?? '';
    const rest = dataIn(
      await eventsOf(token, { 'last-event-id': last }, (text) => text.includes('"kind":"snapshot"')),
    ) as EngineEvent[];
    expect(rest.map(({ id }) => id).filter((id) => first.some((known) => known.id === id))).toEqual([last]);
    expect(rest.some(({ kind }) => kind === 'gap')).toBe(false);
    const lost = await eventsOf(token, { 'last-event-id': 'another-1' }, (text) => text.includes('"gap"'));
    expect(lost).toMatch(/^id: ?\S+$/m);
  });

  test('tells nothing of another tenant, and beats in silence', async () => {
    const theirs = await engine.token('read', 'theirs');
    const heard = eventsOf(theirs, {}, (text) => /^:/m.test(text));
    const path = await folder('ours', { a: 'a' });
    for await (const event of await (await engine.client()).protection.protect({ repository, paths: [path] }))
      void event;
    expect((dataIn(await heard) as EngineEvent[]).map(({ kind }) => kind)).toEqual(['begin']);
  });
});

describe('a client that is generated from the document', () => {
  test('protects, lists and restores nothing that it may not', async () => {
    const token = await engine.token('operate');
    const root = await mkdtemp(join(tmpdir(), 'holdfast-client-'));
    roots.push(root);
    const document = join(root, 'openapi.json');
    const answer = await engine.ask('/api/v1/openapi.json', { headers: engine.bearer(token) });
    await writeFile(document, answer.text);
    await mkdir(join(root, 'node_modules'));
    const runtime = dirname(dirname(fileURLToPath(import.meta.resolve('@oazapfts/runtime'))));
    await mkdir(join(root, 'node_modules', '@oazapfts'));
    await symlink(runtime, join(root, 'node_modules', '@oazapfts', 'runtime'));
    await writeFile(join(root, 'package.json'), '{"type":"module"}');
    await writeFile(join(root, 'client.ts'), await generateSource(document));
    const api = (await import(/* @vite-ignore */ pathToFileURL(join(root, 'client.ts')).href)) as Api;
    api.defaults.baseUrl = `${engine.origin}/api/v1`;
    api.defaults.headers = { ...engine.bearer(token) };
    expect(await api.consoleMe()).toMatchObject({ status: 200, data: { role: 'operate', tenant: 'default' } });
    expect(await api.jobsList({ all: true, limit: 3 })).toMatchObject({
      status: 200,
      data: { more: expect.any(Boolean) as unknown },
    });
    expect(await api.snapshotsList({ repository })).toMatchObject({ status: 200 });
    expect(await api.tokensCreate({ name: 'mine', role: 'admin' })).toMatchObject({
      status: 403,
      data: { code: 'FORBIDDEN' },
    });
    expect(await api.jobsShow('ffff')).toMatchObject({ status: 404, data: { code: 'JOB_NOT_FOUND' } });
  });
});

/** As far as the test calls it. */
type Api = {
  readonly defaults: { baseUrl?: string; headers?: object };
  consoleMe(): Promise<unknown>;
  jobsList(query: { all?: boolean; limit?: number }): Promise<unknown>;
  jobsShow(job: string): Promise<unknown>;
  snapshotsList(body: unknown): Promise<unknown>;
  tokensCreate(body: unknown): Promise<unknown>;
};

describe('who is signed in', () => {
  test('is listed with role and browser, and put out at once, with what is under way', async () => {
    const client = await engine.client();
    const { url } = await client.console.link({ role: 'recover', name: 'anna' });
    const signed = await engine.ask('/login', {
      method: 'POST',
      headers: { origin: engine.origin, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0' },
      body: { secret: new URL(url).hash.slice(1) },
    });
    const { signedInBy } = await import('../../support/http-engine.ts');
    const page = signedInBy(signed);
    const mine = await engine.signIn();
    const asPage = engine.rpc({ ...mine, origin: engine.origin });
    const { sessions } = await asPage.sessions.list({});
    expect(sessions).toMatchObject([
      { own: true, role: 'admin' },
      { own: false, role: 'recover', actor: 'browser:anna', browser: 'Firefox on Linux', address: '127.0.0.1' },
    ]);
    expect(JSON.stringify(sessions)).not.toContain(page.cookie.split('=')[1]);
    const watched = await engine.rpc({ ...page, origin: engine.origin }).live.watch({});
    await watched.next();
    const ended = (async () => {
      for (;;) if ((await watched.next()).done === true) return 'ended';
    })().catch(() => 'ended');
    const anna = sessions[1]?.id ?? '';
    expect(await asPage.sessions.revoke({ session: anna })).toMatchObject({ actor: 'browser:anna' });
    expect(await ended).toBe('ended');
    const refused = await engine.ask('/rpc/console/me', {
      method: 'POST',
      headers: { ...page, origin: engine.origin },
      body: {},
    });
    expect(refused.status).toBe(401);
    await expect(asPage.sessions.revoke({ session: anna })).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  test('is put out all at once, with links that nobody has used, but the own session', async () => {
    const mine = await engine.signIn();
    await engine.signIn();
    const unused = engine.newLink();
    const asPage = engine.rpc({ ...mine, origin: engine.origin });
    expect((await asPage.sessions.revokeAll({})).revoked).toBeGreaterThanOrEqual(1);
    expect((await asPage.sessions.list({})).sessions).toMatchObject([{ own: true }]);
    const late = await engine.ask('/login', {
      method: 'POST',
      headers: { origin: engine.origin },
      body: { secret: new URL(unused).hash.slice(1) },
    });
    expect(late.json()).toMatchObject({ code: 'LINK_INVALID' });
  });

  test('is of one tenant, and nobody elses to see or put out', async () => {
    const mine = await engine.signIn();
    const [own] = (await engine.rpc({ ...mine, origin: engine.origin }).sessions.list({})).sessions;
    const theirs = await engine.client('theirs');
    expect((await theirs.sessions.list({})).sessions).toEqual([]);
    await expect(theirs.sessions.revoke({ session: own?.id ?? '' })).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
  });

  test('gives nobody more than they may themselves', async () => {
    const token = await engine.token('admin');
    expect((await post({ token, path: '/console/link', body: { role: 'read' } })).status).toBe(200);
    expect((await post({ token: await engine.token('operate'), path: '/console/link', body: {} })).status).toBe(403);
  });

  test('by a token loses its streams when the token is revoked', async () => {
    const client = await engine.client();
    const { secret } = await client.tokens.create({ name: 'watcher', role: 'read' });
    const watched = await engine.rpc(engine.bearer(secret)).live.watch({});
    await watched.next();
    const ended = (async () => {
      for (;;) if ((await watched.next()).done === true) return 'ended';
    })().catch(() => 'ended');
    await client.tokens.revoke({ token: 'watcher' });
    expect(await ended).toBe('ended');
  });
});

describe('a recovery operator', () => {
  test('stops a job that recovers, and no other', async () => {
    const client = await engine.client();
    const path = await folder('stopped', { a: 'x'.repeat(1000) });
    let job = '';
    for await (const event of await client.protection.protect({ repository, paths: [path] }))
      if (event.type === 'job') job = event.job;
    const token = await engine.token('recover');
    const refused = await post({ token, path: `/jobs/${job}/cancel`, body: {} });
    expect([refused.status, refused.json()]).toMatchObject([403, { code: 'FORBIDDEN' }]);
  });
});

describe('a client that asks too often', () => {
  test('is told when it may ask again, as often as the setting says, and others go on', async () => {
    const client = await engine.client();
    await client.settings.set({ repository, key: 'api.per-minute', value: 40 });
    await engine.restart();
    const token = await engine.token('read');
    const ask = () => engine.ask('/api/v1/me', { headers: engine.bearer(token) });
    const answers: Answer[] = [];
    for (let request = 0; request < 12; request++) answers.push(await ask());
    const limited = answers.find(({ status }) => status === 429);
    expect(limited?.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect(Number(limited?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    const other = await engine.token('read');
    expect((await engine.ask('/api/v1/me', { headers: engine.bearer(other) })).status).toBe(200);
  });
});
