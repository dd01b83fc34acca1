import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { noHooks } from '../../../shared/model/hooks.ts';
import { makeHttpEngine, type HttpEngine, type HttpEngineOptions } from '../../support/http-engine.ts';
import { createQuickly } from '../../support/quick-keys.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));
const tls = { certFile: fixture('cert.pem'), keyFile: fixture('key.pem') };
const fingerprint = new X509Certificate(readFileSync(tls.certFile)).fingerprint256;

describe('another console', () => {
  test('is seen as it stands, and is asked to protect', async () => {
    await using office = await makeOffice();
    await using watching = await makeHttpEngine({ keepsSecrets: true });
    const client = await watching.client();
    const added = await client.peers.add({
      name: 'office',
      url: office.engine.origin,
      token: await office.token('operate'),
    });
    expect(added).toMatchObject({
      state: 'answering',
      reading: {
        version: 'test',
        role: 'operate',
        active: true,
        sources: { total: 1, never: 1, worst: { name: 'docs' } },
        sites: [],
      },
    });
    await client.peers.protect({ peer: 'office', source: 'docs' });
    await expect.poll(async () => (await client.peers.show({ peer: 'office' })).reading?.sources.never).toBe(0);
    await expect
      .poll(async () => (await client.peers.show({ peer: 'office' })).reading?.repositories)
      .toMatchObject([{ state: 'open', primary: true, snapshots: 1 }]);
    await client.peers.remove({ peer: 'office' });
    expect(await client.peers.list({})).toEqual({ peers: [] });
  });

  test('is kept over a restart; its token is in no file in the clear', async () => {
    await using office = await makeHttpEngine();
    await using watching = await makeHttpEngine({ keepsSecrets: true });
    const token = await office.token('read');
    const client = await watching.client();
    await client.peers.add({ name: 'office', url: office.origin, token });
    expect(readFileSync(join(watching.home, 'peers.json'), 'utf8')).not.toContain(token);
    await watching.restart();
    const again = await watching.client();
    expect((await again.peers.show({ peer: 'office' })).state).toBe('answering');
  });

  test('that may only be looked at does nothing for us, and says so', async () => {
    await using office = await makeOffice();
    await using watching = await makeHttpEngine({ keepsSecrets: true });
    const client = await watching.client();
    await client.peers.add({ name: 'office', url: office.engine.origin, token: await office.token('read') });
    await expect(client.peers.protect({ peer: 'office', source: 'docs' })).rejects.toMatchObject({
      code: 'PEER_REFUSED',
    });
    await expect(client.peers.link({ peer: 'office' })).rejects.toMatchObject({ code: 'PEER_REFUSED' });
    expect((await client.peers.show({ peer: 'office' })).state, 'it was no reason to mistrust it').toBe('answering');
  });

  test('gives a link to itself, that signs in there', async () => {
    await using office = await makeHttpEngine();
    await using watching = await makeHttpEngine({ keepsSecrets: true });
    const client = await watching.client();
    await client.peers.add({ name: 'office', url: office.origin, token: await office.token('admin') });
    const { url } = await client.peers.link({ peer: 'office' });
    expect(new URL(url).origin).toBe(office.origin);
  });

  test('whose token was revoked is refused; what was heard before stays, with its time', async () => {
    await using office = await makeOffice();
    await using watching = await makeHttpEngine({ keepsSecrets: true });
    const client = await watching.client();
    const added = await client.peers.add({
      name: 'office',
      url: office.engine.origin,
      token: await office.token('read'),
    });
    const { tokens } = await office.client.tokens.list({});
    for (const { id } of tokens) await office.client.tokens.revoke({ token: id });
    expect(await client.peers.show({ peer: 'office' })).toMatchObject({
      state: 'refused',
      problem: { code: 'PEER_REFUSED' },
      reading: { at: added.reading?.at },
    });
  });

  test('that has fallen silent is an alert once that has lasted, and not after it is back', async () => {
    let nowMs = Date.parse('2026-11-20T10:00:00Z');
    await using office = await makeHttpEngine();
    await using watching = await makeHttpEngine({ keepsSecrets: true, takenAtMs: () => nowMs });
    const client = await watching.client();
    await client.peers.add({ name: 'office', url: office.origin, token: await office.token('read') });
    await office.stop();
    expect((await client.peers.show({ peer: 'office' })).state).toBe('silent');
    const open = async () => (await client.alerts.list({})).alerts.map(({ rule, subject }) => [rule, subject.name]);
    expect(await open()).toEqual([]);
    nowMs += 11 * 60_000;
    await client.peers.show({ peer: 'office' });
    await expect.poll(open, { timeout: 30_000 }).toEqual([['peer-silent', 'office']]);
    await office.restart();
    await client.peers.show({ peer: 'office' });
    await expect.poll(open, { timeout: 30_000 }).toEqual([]);
  });
});

describe('an address', () => {
  test.each([
    ['http://backup.example:7373', 'PEER_INVALID'],
    ['https://user:secret@backup.example', 'PEER_INVALID'],
    ['https://backup.example/console', 'PEER_INVALID'],
    ['file:///etc/passwd', 'PEER_INVALID'],
    ['http://127.0.0.1:1', 'PEER_UNREACHABLE'],
  ])('%s is not taken', async (url, code) => {
    await using watching = await makeHttpEngine({ keepsSecrets: true });
    const client = await watching.client();
    await expect(client.peers.add({ name: 'office', url, token: 'x' })).rejects.toMatchObject({ code });
    expect(await client.peers.list({})).toEqual({ peers: [] });
  });

  test('under TLS is trusted by the fingerprint of its certificate alone, and gets no token before', async () => {
    await using office = await makeHttpEngine({ host: '127.0.0.1', tls });
    await using watching = await makeHttpEngine({ keepsSecrets: true });
    const client = await watching.client();
    const token = await office.token('read');
    const url = `https://127.0.0.1:${new URL(office.origin).port}`;
    const other = createHash('sha256').update('another').digest('hex');
    await expect(client.peers.add({ name: 'office', url, token })).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' });
    await expect(client.peers.add({ name: 'office', url, token, fingerprint: other })).rejects.toMatchObject({
      code: 'CERTIFICATE_WRONG',
    });
    const used = async () => (await (await office.client()).tokens.list({})).tokens.map(({ lastUsedAt }) => lastUsedAt);
    expect(await used()).toEqual([null]);
    expect(await client.peers.add({ name: 'office', url, token, fingerprint })).toMatchObject({ state: 'answering' });
  });

  test.each<[string, RequestListener]>([
    ['that redirects', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['with a page', (_, response) => response.end('<html>hello</html>')],
    ['with another JSON', (_, response) => response.end('{"role":"emperor"}')],
    ['without an end', (_, response) => endless(response)],
  ])('%s is not understood', async (_, listener) => {
    await using server = await listen(listener);
    await using watching = await makeHttpEngine({ keepsSecrets: true });
    const client = await watching.client();
    await expect(client.peers.add({ name: 'office', url: server.url, token: 'x' })).rejects.toMatchObject({
      code: 'PEER_STRANGE',
    });
  });
});

test('without a place for its token none is added', async () => {
  await using watching = await makeHttpEngine();
  const client = await watching.client();
  await expect(client.peers.add({ name: 'office', url: 'http://127.0.0.1:1', token: 'x' })).rejects.toMatchObject({
    code: 'NO_SECRET_STORE',
  });
});

type Office = AsyncDisposable & {
  readonly engine: HttpEngine;
  readonly client: Awaited<ReturnType<HttpEngine['client']>>;
  readonly token: HttpEngine['token'];
};

/** A console with one source that was never protected. */
async function makeOffice(options: HttpEngineOptions = {}): Promise<Office> {
  const workspace: Workspace = await makeWorkspace();
  const engine = await makeHttpEngine(options);
  const client = await engine.client();
  const { repository } = await createQuickly(client, workspace);
  const path = await workspace.folder('docs');
  await workspace.folder('docs', 'inside');
  const definition = {
    kind: 'folder' as const,
    name: 'docs',
    paths: [path],
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: null,
    oneFileSystem: false,
    commands: noHooks,
    tags: [],
    rpoMs: null,
  };
  await client.sources.add({ repository: { id: repository.id }, source: definition });
  return {
    engine,
    client,
    token: (role) => engine.token(role),
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

function endless(response: Parameters<RequestListener>[1]): void {
  const part = Buffer.alloc(1024 * 1024, ' ');
  const write = (): void => {
    while (!response.destroyed && response.write(part));
  };
  response.on('drain', write);
  write();
}

async function listen(listener: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
