import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { proofHeader } from '../../../shared/model/console-proof.ts';
import { makeHttpEngine, signedInBy, type HttpEngine, type SignedIn } from '../../support/http-engine.ts';

const secretOf = (link: string): string => new URL(link).hash.slice(1);
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const me = { method: 'POST', body: { json: {} } };

const logIn = (engine: HttpEngine, secret: string, origin = engine.origin) =>
  engine.ask('/login', { method: 'POST', headers: { origin }, body: { secret } });
const askAsPage = (engine: HttpEngine, page: SignedIn) =>
  engine.ask('/rpc/console/me', { ...me, headers: { ...page, origin: engine.origin } });

describe('a link to the console', () => {
  test('signs one browser in, as who asked for it, and no second one', async () => {
    await using engine = await makeHttpEngine();
    const link = engine.newLink();
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login#[\w-]{43}$/);
    const answer = await logIn(engine, secretOf(link));
    expect(answer.status).toBe(200);
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^holdfast-\d+=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
    const asked = await askAsPage(engine, signedInBy(answer));
    expect(asked.json()).toMatchObject({
      json: { tenant: 'default', actor: 'test', role: 'admin', acting: false, withheld: [] },
    });
    const second = await logIn(engine, secretOf(link));
    expect(second.status).toBe(403);
    expect(second.json()).toMatchObject({ code: 'LINK_INVALID' });
    expect(second.headers['set-cookie']).toBeUndefined();
    expect(engine.log).toContainEqual(expect.objectContaining({ level: 'warn', text: like(/^A link/) }));
  });

  test('is not used up by looking at its page, which holds nothing of it', async () => {
    await using engine = await makeHttpEngine();
    const link = engine.newLink();
    const page = await engine.ask('/login');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).not.toContain(secretOf(link));
    expect((await engine.ask('/login', { method: 'HEAD' })).status).toBe(200);
    expect((await logIn(engine, secretOf(link))).status).toBe(200);
  });

  test('can be asked for on the command line while the engine runs', async () => {
    await using engine = await makeHttpEngine();
    const client = await engine.client();
    const { url, expiresAt } = await client.console.link({});
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    expect((await logIn(engine, secretOf(url))).status).toBe(200);
  });

  test('is refused from a foreign page, and without saying from which', async () => {
    await using engine = await makeHttpEngine();
    const secret = secretOf(engine.newLink());
    expect((await logIn(engine, secret, 'https://evil.example')).json()).toMatchObject({ code: 'REQUEST_REFUSED' });
    const unnamed = await engine.ask('/login', { method: 'POST', body: { secret } });
    expect(unnamed.status).toBe(403);
    expect((await logIn(engine, secret)).status).toBe(200);
  });

  test('is guessed a few times a minute at most', async () => {
    await using engine = await makeHttpEngine({ limits: { signInsPerMinute: 3 } });
    const secret = secretOf(engine.newLink());
    for (let attempt = 0; attempt < 3; attempt++) expect((await logIn(engine, 'guess')).status).toBe(403);
    const limited = await logIn(engine, secret);
    expect(limited.status).toBe(429);
    expect(limited.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect(limited.headers['retry-after']).toBeDefined();
  });
});

describe('a browser that is signed in', () => {
  test('stays so when the engine is restarted, at the same address', async () => {
    await using engine = await makeHttpEngine();
    const { origin } = engine;
    const page = await engine.signIn();
    await engine.restart();
    expect(engine.origin).toBe(origin);
    expect((await askAsPage(engine, page)).status).toBe(200);
  });

  test('is known by a hash alone, in a file of the account', async () => {
    await using engine = await makeHttpEngine();
    const page = await engine.signIn();
    const file = join(engine.home, 'sessions');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain(page.cookie.split('=')[1]);
    expect(text).not.toContain(page[proofHeader]);
  });

  test('is known by its cookie alone nowhere: programs at other ports of the host get that too', async () => {
    await using engine = await makeHttpEngine();
    const [page, other] = [await engine.signIn(), await engine.signIn()];
    const { origin } = engine;
    for (const proof of [undefined, '', 'guess', other[proofHeader], page.cookie.split('=')[1]]) {
      const headers = { cookie: page.cookie, origin, ...(proof !== undefined && { [proofHeader]: proof }) };
      for (const path of ['/rpc/console/me', '/rpc/console/link', '/rpc/live/watch']) {
        expect((await engine.ask(path, { ...me, headers })).status, `${path} ${proof}`).toBe(401);
      }
      expect((await engine.ask('/api/v1/me', { headers })).status).toBe(401);
      // Nor can whoever has only that sign the browser out.
      expect((await engine.ask('/logout', { method: 'POST', headers })).status).toBe(204);
    }
    expect((await askAsPage(engine, page)).status).toBe(200);
  });

  test('is not taken for another whose cookie was planted in it', async () => {
    await using engine = await makeHttpEngine();
    const [page, planted] = [await engine.signIn(), await engine.signIn()];
    expect((await askAsPage(engine, { ...page, cookie: planted.cookie })).status).toBe(401);
  });

  test('is unknown once it has signed out', async () => {
    await using engine = await makeHttpEngine();
    const page = await engine.signIn();
    const out = { method: 'POST', headers: { ...page, origin: engine.origin } };
    const answer = await engine.ask('/logout', out);
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^holdfast-\d+=;/);
    expect((await askAsPage(engine, page)).status).toBe(401);
    await engine.restart();
    expect((await askAsPage(engine, page)).status).toBe(401);
  });

  test.each([
    ['was not used for twelve hours', { usedAtMs: 13 }],
    ['has been signed in for thirty days', { beganAtMs: 31 * 24, usedAtMs: 1 }],
  ])('is unknown when it %s', async (_, hoursAgo) => {
    await using engine = await makeHttpEngine();
    const page = await engine.signIn();
    const file = join(engine.home, 'sessions');
    await engine.stop();
    const content = JSON.parse(await readFile(file, 'utf8')) as { sessions: Record<string, unknown>[] };
    for (const [name, hours] of Object.entries(hoursAgo)) {
      for (const session of content.sessions) session[name] = Date.now() - hours * 3_600_000;
    }
    await writeFile(file, JSON.stringify(content));
    await engine.restart();
    const answer = await askAsPage(engine, page);
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ json: { code: 'NOT_SIGNED_IN' } });
  });

  test('signs in anew where the file of sessions is damaged, and the engine starts all the same', async () => {
    await using engine = await makeHttpEngine();
    await engine.stop();
    await writeFile(join(engine.home, 'sessions'), '{"version":1,"sess');
    await engine.restart();
    expect((await askAsPage(engine, await engine.signIn())).status).toBe(200);
    expect(engine.log).toContainEqual(expect.objectContaining({ text: like(/begin anew/) }));
  });

  test('must say from which page it changes anything', async () => {
    await using engine = await makeHttpEngine();
    const page = await engine.signIn();
    const unnamed = await engine.ask('/rpc/console/link', { ...me, headers: { ...page } });
    expect(unnamed.status).toBe(403);
    const settings = { method: 'POST', headers: { ...page }, body: { name: 'x', role: 'admin' } };
    expect((await engine.ask('/api/v1/tokens', settings)).json()).toMatchObject({ code: 'REQUEST_REFUSED' });
    expect((await engine.ask('/api/v1/me', { headers: { ...page } })).status).toBe(200);
  });
});

describe('nobody', () => {
  test.each(['holdfast-1=x', '', `holdfast-0=${'a'.repeat(43)}`])('is let in with the cookie %j', async (cookie) => {
    await using engine = await makeHttpEngine();
    for (const path of ['/rpc/console/me', '/rpc/jobs/list', '/rpc/no/call']) {
      const answer = await engine.ask(path, { ...me, headers: { cookie, origin: engine.origin } });
      expect(answer.status, path).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
    const opened = await engine.ask('/', { headers: { cookie, accept: 'text/html' } });
    expect([opened.status, opened.headers.location]).toEqual([303, '/login']);
  });
});
