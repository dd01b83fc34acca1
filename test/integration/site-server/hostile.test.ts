import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { configHandle } from '../../../electron/engine/repository/backend/backend.ts';
import { makeSite, type Site } from '../../support/site.ts';

type Asked = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer;
  /** What is said of the length of the body, where it is not true. */
  readonly length?: number;
};
type Answer = { readonly status: number; readonly text: string };

const hashOf = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
const content = Buffer.from('content');

/** One request with a path as it stands, signed in unless it says otherwise. */
function ask(site: Site, path: string, { method = 'GET', headers = {}, body, length }: Asked = {}): Promise<Answer> {
  const { hostname, port } = new URL(site.origin);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const size = 'transfer-encoding' in headers ? undefined : (length ?? body?.length);
  const request = httpRequest(
    {
      host: hostname,
      port,
      path,
      method,
      agent: false,
      headers: { ...site.signIn, ...(size !== undefined && { 'content-length': size }), ...headers },
    },
    (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.once('error', reject);
    },
  );
  request.once('error', reject);
  request.end(body);
  return promise;
}

const post = (site: Site, path: string, body: Buffer, more: Asked = {}): Promise<Answer> =>
  ask(site, path, { method: 'POST', body, ...more });

/** Everything below the home but what the server itself keeps there. */
function filesOf(site: Site): readonly string[] {
  return readdirSync(site.home, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) => /^site\/.*\/(?:[^/]{3,}|config)$/.test(path) && !/\/(?:keys|locks|snapshots|index|data)$/.test(path),
    )
    .sort();
}

describe('a client that means harm', () => {
  test('reaches nothing by any path but its own repository', async () => {
    await using site = await makeSite();
    const other = await site.add({ name: 'other' });
    await other.backend.create();
    await other.backend.save(configHandle, content);
    const before = filesOf(site);
    const name = hashOf(content);
    const paths = [
      '/other/config',
      `/other/data/${name}`,
      '/office/../other/config',
      '/office/%2e%2e/other/config',
      '/office/data/../../other/config',
      `/office/data/..%2f..%2fother%2fconfig`,
      '/office//config',
      '//office/config',
      '/office/config/',
      '/office/config%00',
      '/office/config?x=1',
      '/office/data/00/',
      `/office/data/${name.slice(0, 2)}/${name}`,
      `/office/data/${name.toUpperCase()}`,
      `/office/data/${name}-tmp-0`,
      `/office/data/${name}/`,
      '/office/site-users.json',
      '/office/../../site-users.json',
      '/site-users.json',
      '/office/\\..\\other/config',
      'http://elsewhere/office/config',
      '*',
      '/',
    ];
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'DELETE']) {
        expect((await ask(site, path, { method })).status, `${method} ${path}`).toBe(404);
      }
      expect((await post(site, path, content)).status, `POST ${path}`).toBe(404);
    }
    expect(filesOf(site)).toEqual(before);
    expect((await other.backend.load(configHandle)).toString()).toBe('content');
  });

  test('is not let in with anything but the right password of the user', async () => {
    await using site = await makeSite({ limits: { failuresPerMinute: 1000 } });
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
    const wrong = [
      undefined,
      '',
      'Basic',
      'Basic !!!!',
      `Bearer ${site.password}`,
      basic(''),
      basic('office'),
      basic('office:'),
      basic(`:${site.password}`),
      basic(`other:${site.password}`),
      basic(`office:${site.password} `),
      basic(`office:${site.password.slice(1)}`),
      basic(`Office:${site.password}`),
      basic(`__proto__:${site.password}`),
      basic(`office:${'x'.repeat(100_000)}`.slice(0, 250)),
    ];
    for (const authorization of wrong) {
      const answer = await ask(site, '/office/config', { headers: { authorization: authorization ?? '' } });
      expect(answer.status, authorization).toBe(401);
    }
    const { status } = await ask(site, '/office/config');
    expect(status).toBe(404);
  });

  test('who tries many passwords is told to wait, and the right one still gets in', async () => {
    await using site = await makeSite({ limits: { failuresPerMinute: 3 } });
    const tries = [];
    for (let at = 0; at < 5; at++)
      tries.push((await ask(site, '/office/config', { headers: { authorization: 'Basic eDp5' } })).status);
    expect(tries).toEqual([401, 401, 429, 429, 429]);
    expect((await ask(site, '/office/config')).status).toBe(404);
  });

  test('gets nothing with the page of a browser', async () => {
    await using site = await makeSite();
    await site.backend.create();
    await site.backend.save(configHandle, content);
    for (const headers of [{ origin: 'https://elsewhere.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await ask(site, '/office/config', { headers })).status).toBe(403);
  });

  test('cannot send headers without end', async () => {
    await using site = await makeSite();
    const huge = await ask(site, '/office/config', { headers: { 'x-huge': 'x'.repeat(100_000) } }).catch(() => null);
    expect(huge?.status ?? 431).toBe(431);
    expect((await ask(site, '/office/config')).status).toBe(404);
  });

  test('cannot store what its name does not say', async () => {
    await using site = await makeSite();
    await site.backend.create();
    const before = filesOf(site);
    for (const type of ['keys', 'locks', 'snapshots', 'index', 'data']) {
      const answer = await post(site, `/office/${type}/${hashOf(content)}`, Buffer.from('another'));
      expect(answer.status, type).toBe(400);
    }
    expect(filesOf(site)).toEqual(before);
  });

  test('cannot send what is larger than such a file, or of no length', async () => {
    await using site = await makeSite();
    await site.backend.create();
    const path = `/office/locks/${hashOf(content)}`;
    expect((await post(site, path, content, { length: 10 ** 12 })).status).toBe(413);
    const chunked = { 'transfer-encoding': 'chunked' };
    expect((await ask(site, path, { method: 'POST', headers: chunked, body: content })).status).toBe(411);
    expect(filesOf(site)).toEqual([]);
  });

  test('a body that stalls is cut off, and leaves nothing', async () => {
    await using site = await makeSite({ limits: { windowMs: 200, bytesPerWindow: 1000 } });
    await site.backend.create();
    const { hostname, port } = new URL(site.origin);
    const socket = connect(Number(port), hostname);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write(
      `POST /office/data/${hashOf(content)} HTTP/1.1\r\nhost: site\r\nauthorization: ${site.signIn.authorization}\r\n` +
        'content-length: 100000\r\n\r\n',
    );
    // A little now and then is no pace either.
    const drip = setInterval(() => socket.write('x'), 50);
    await closed;
    clearInterval(drip);
    await until(() => site.log.some(({ facts }) => facts['path'] === `/office/data/${hashOf(content)}`));
    // The server is at it yet when the connection is gone.
    await until(() => filesOf(site).length === 0);
  });

  test('a slow one that goes on is not cut off', async () => {
    await using site = await makeSite({ limits: { windowMs: 2000, bytesPerWindow: 10 } });
    await site.backend.create();
    const data = randomBytes(2000);
    const path = `/office/data/${hashOf(data)}`;
    const { hostname, port } = new URL(site.origin);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const headers = { ...site.signIn, 'content-length': data.length };
    const request = httpRequest({ host: hostname, port, path, method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject);
    for (let at = 0; at < data.length; at += 200) {
      request.write(data.subarray(at, at + 200));
      await sleep(20);
    }
    request.end();
    expect(await promise).toBe(200);
  });

  test('connections that are left in the middle leave nothing', async () => {
    await using site = await makeSite();
    await site.backend.create();
    const { hostname, port } = new URL(site.origin);
    for (let at = 0; at < 5; at++) {
      const socket = connect(Number(port), hostname);
      await new Promise<void>((resolve) => socket.once('connect', resolve));
      const head = `POST /office/data/${hashOf(content)} HTTP/1.1\r\nhost: site\r\ncontent-length: 100000\r\n`;
      await new Promise((resolve) =>
        socket.write(`${head}authorization: ${site.signIn.authorization}\r\n\r\n${'x'.repeat(1000)}`, resolve),
      );
      await sleep(20);
      socket.destroy();
    }
    await until(() => site.log.filter(({ facts }) => facts['method'] === 'POST').length >= 6);
    // The server is at it yet when the connection is gone.
    await until(() => filesOf(site).length === 0);
  });

  test('of several uploads of one name at once each is told the truth, and one file is there', async () => {
    await using site = await makeSite();
    await site.backend.create();
    const data = randomBytes(3_000_000);
    const path = `/office/data/${hashOf(data)}`;
    const broken = Buffer.from(data);
    broken[1_500_000] = (broken[1_500_000] ?? 0) ^ 1;
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, () => post(site, path, data)),
      ...Array.from({ length: 6 }, () => post(site, path, broken)),
    ]);
    const told = answers.map(({ status }) => status);
    expect(told).toEqual([...Array.from({ length: 6 }, () => 200), ...Array.from({ length: 6 }, () => 400)]);
    expect(filesOf(site)).toHaveLength(1);
    expect((await site.backend.load({ type: 'data', name: hashOf(data) })).equals(data)).toBe(true);
  });

  test('of a race for the last of its quota wins nothing beyond it', async () => {
    const size = 100_000;
    await using site = await makeSite({ quotaBytes: 5 * size });
    await site.backend.create();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => randomBytes(size)).map((data) =>
        post(site, `/office/data/${hashOf(data)}`, data),
      ),
    );
    const stored = answers.filter(({ status }) => status === 200).length;
    expect(stored).toBe(5);
    expect(answers.filter(({ status }) => status === 507)).toHaveLength(7);
    expect(await site.backend.list('data')).toHaveLength(5);
    const data = randomBytes(1);
    const one = { type: 'data', name: hashOf(data) } as const;
    await expect(site.backend.save(one, data)).rejects.toMatchObject({ code: 'QUOTA_REACHED' });
    const [first] = await site.backend.list('data');
    await site.backend.remove({ type: 'data', name: first?.name ?? '' });
    await site.backend.save(one, data);
  });

  test('gets no more room by uploads that fail', async () => {
    await using site = await makeSite({ quotaBytes: 10_000 });
    await site.backend.create();
    const wrong = `/office/data/${hashOf(content)}`;
    for (let at = 0; at < 5; at++) expect((await post(site, wrong, randomBytes(9000))).status).toBe(400);
    const data = randomBytes(10_000);
    expect((await post(site, `/office/data/${hashOf(data)}`, data)).status).toBe(200);
  });

  test('cannot fill the disk with files that are too small to count', async () => {
    await using site = await makeSite({ quotaBytes: 3 * 4096, appendOnly: true });
    await site.backend.create();
    const send = async (): Promise<number> => {
      const data = randomBytes(8);
      return (await post(site, `/office/data/${hashOf(data)}`, data)).status;
    };
    expect([await send(), await send(), await send(), await send()]).toEqual([200, 200, 200, 507]);
    const lock = { type: 'locks', name: hashOf(content) } as const;
    await site.server.users.set({ tenant: 'default', actor: 'test' }, 'office', { quotaBytes: 4 * 4096 });
    for (let at = 0; at < 3; at++) {
      await site.backend.save(lock, content);
      await site.backend.remove(lock);
    }
  });

  test('has no more requests under way than one may have', async () => {
    await using site = await makeSite({ limits: { uploadsPerUser: 2 } });
    await site.backend.create();
    const { hostname, port } = new URL(site.origin);
    const sockets = Array.from({ length: 2 }, () => connect(Number(port), hostname));
    for (const socket of sockets)
      socket.write(
        `POST /office/data/${hashOf(content)} HTTP/1.1\r\nhost: site\r\nauthorization: ${site.signIn.authorization}\r\n` +
          'content-length: 100\r\n\r\n',
      );
    await until(() => readdirSync(join(site.folder, 'data', hashOf(content).slice(0, 2))).length === 2);
    expect((await post(site, `/office/data/${hashOf(content)}`, content)).status).toBe(503);
    expect((await ask(site, '/office/data/')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});

describe('append-only', () => {
  test('nothing is removed but locks, and nothing is replaced', async () => {
    await using site = await makeSite({ appendOnly: true });
    const { backend } = site;
    await backend.create();
    await backend.save(configHandle, content);
    const name = hashOf(content);
    for (const type of ['keys', 'locks', 'snapshots', 'index', 'data'] as const) {
      await backend.save({ type, name }, content);
      // The very same once more, as after an answer that was lost.
      await backend.save({ type, name }, content);
      const removing = backend.remove({ type, name });
      if (type === 'locks') await removing;
      else await expect(removing, type).rejects.toMatchObject({ code: 'APPEND_ONLY' });
    }
    await expect(backend.remove(configHandle)).rejects.toMatchObject({ code: 'APPEND_ONLY' });
    await expect(backend.save(configHandle, Buffer.from('another'))).rejects.toMatchObject({
      code: 'REPOSITORY_EXISTS',
    });
    for (const path of ['/office/', '/office/?create=true', '/office/data/'])
      expect((await ask(site, path, { method: 'DELETE' })).status, path).toBe(405);
  });

  test('what lies there damaged is not replaced either', async () => {
    await using site = await makeSite({ appendOnly: true });
    const pack = { type: 'data', name: hashOf(content) } as const;
    await site.backend.create();
    await site.putStranger(`data/${pack.name.slice(0, 2)}/${pack.name}`, 'damaged');
    await expect(site.backend.save(pack, content)).rejects.toMatchObject({ code: 'APPEND_ONLY' });
    expect((await site.backend.load(pack)).toString()).toBe('damaged');
    await site.server.users.set({ tenant: 'default', actor: 'test' }, 'office', { appendOnly: false });
    await site.backend.save(pack, content);
    expect((await site.backend.load(pack)).toString()).toBe('content');
  });

  test('when a snapshot came in is noted before it is there, and stays', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    await using site = await makeSite({ appendOnly: true, nowMs: () => nowMs });
    await site.backend.create();
    const snapshot = { type: 'snapshots', name: hashOf(content) } as const;
    await site.backend.save(snapshot, content);
    nowMs += 1_000_000;
    await site.backend.save(snapshot, content);
    const arrivals = await site.server.arrivalsAt(site.folder);
    expect([...(arrivals ?? [])]).toEqual([[snapshot.name, Date.UTC(2026, 0, 1)]]);
    expect(await site.server.arrivalsAt(join(site.home, 'elsewhere'))).toBeNull();
    expect(existsSync(join(site.home, 'site-arrivals', 'office'))).toBe(true);
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10);
}
