import { describe, expect, test } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { toHoldfastError, type HoldfastError } from '../../../shared/model/errors.ts';
import { clientOf, serveHttp } from '../../support/github-client.ts';
import { makeHubPlace } from '../../support/sandbox-github.ts';

const failure = async (promise: Promise<unknown>): Promise<HoldfastError> => {
  try {
    await promise;
  } catch (error) {
    return toHoldfastError(error);
  }
  throw new Error('it did not fail');
};

const drained = async (pages: AsyncIterable<unknown>): Promise<void> => {
  for await (const page of pages) void page;
};

describe('limits', () => {
  test('a secondary limit is waited out for as long as retry-after says, and told', async () => {
    await using place = await makeHubPlace();
    place.github.createOwner('acme');
    const { client, waits, notices } = await clientOf(place.github.api, place.github.addToken());
    place.github.fault({ path: /orgs/ }, { status: 403, headers: { 'retry-after': '17' }, times: 2 });
    expect((await client.fetch('/orgs/acme')).status).toBe(200);
    expect(waits).toEqual([17_000, 17_000]);
    expect(notices[0]).toBe('GitHub is asked again in 17 seconds: it was asked too much at once.');
  });

  test('without retry-after, the hourly limit is waited out until x-ratelimit-reset', async () => {
    await using place = await makeHubPlace();
    place.github.createOwner('acme');
    const { client, waits } = await clientOf(place.github.api, place.github.addToken());
    const reset = String(Math.ceil(Date.now() / 1000) + 600);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    place.github.fault({ path: /orgs/ }, { status: 403, headers, times: 1 });
    expect((await client.fetch('/orgs/acme')).status).toBe(200);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(590_000);
    expect(waits[0]).toBeLessThanOrEqual(603_000);
  });

  test('where GitHub does not say how long, a minute is waited, which doubles', async () => {
    await using place = await makeHubPlace();
    place.github.createOwner('acme');
    const { client, waits } = await clientOf(place.github.api, place.github.addToken());
    place.github.fault({ path: /orgs/ }, { status: 429, times: 3 });
    expect((await client.fetch('/orgs/acme')).status).toBe(200);
    expect(waits).toEqual([60_000, 120_000, 240_000]);
  });

  test('a limit without an end ends the request, not the patience', async () => {
    await using place = await makeHubPlace();
    const { client } = await clientOf(place.github.api, place.github.addToken());
    place.github.fault({ path: /orgs/ }, { status: 429 });
    expect(await failure(client.fetch('/orgs/acme'))).toMatchObject({ code: 'GITHUB_LIMITED' });
    place.github.fault({ path: /users/ }, { status: 403, headers: { 'retry-after': '86400' } });
    expect(await failure(client.fetch('/users/acme'))).toMatchObject({ code: 'GITHUB_LIMITED' });
  });

  test('a wait ends at once when the run is cancelled', async () => {
    await using place = await makeHubPlace();
    const stop = new AbortController();
    const { client } = await clientOf(place.github.api, place.github.addToken(), {
      signal: stop.signal,
      onNotice: () => stop.abort(),
      sleep: undefined as never,
    });
    place.github.fault({ path: /orgs/ }, { status: 403, headers: { 'retry-after': '3000' } });
    expect(await failure(client.fetch('/orgs/acme'))).toMatchObject({ code: 'CANCELLED' });
  });

  test('at most ten requests are under way at once', async () => {
    let running = 0;
    let most = 0;
    await using server = await serveHttp((_request, response) => {
      running += 1;
      most = Math.max(most, running);
      setTimeout(() => {
        running -= 1;
        response.setHeader('content-type', 'application/json').end('{}');
      }, 20);
    });
    const { client } = await clientOf(server.origin, 'ghp_x');
    await Promise.all(Array.from({ length: 60 }, (_, at) => client.fetch(`/thing/${at}`)));
    expect(most).toBeLessThanOrEqual(10);
  });

  test('at least a second lies between two writes, and none is done twice', async () => {
    const arrived: number[] = [];
    await using server = await serveHttp((_request, response) => {
      arrived.push(performance.now());
      response.writeHead(arrived.length === 3 ? 502 : 201, { 'content-type': 'application/json' }).end('{}');
    });
    const { client } = await clientOf(server.origin, 'ghp_x');
    await Promise.all([client.write('POST', '/a'), client.write('PATCH', '/b')]);
    expect((arrived[1] ?? 0) - (arrived[0] ?? 0)).toBeGreaterThan(950);
    expect(await failure(client.write('POST', '/c'))).toMatchObject({ code: 'GITHUB_UNREACHABLE' });
    expect(arrived).toHaveLength(3);
  });
});

describe('refusals', () => {
  test('a refused token, a missing permission, what is not there and what is blocked each have their code', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    github.createRepository('acme', 'tools', { private: true });
    const bad = await clientOf(github.api, 'ghp_unknown');
    expect(await failure(bad.client.fetch('/orgs/acme'))).toMatchObject({ code: 'GITHUB_REFUSED' });
    const some = await clientOf(github.api, github.addToken({ scopes: 'read', missingPermissions: ['contents'] }));
    expect(await failure(some.client.fetch('/repos/acme/tools/branches'))).toMatchObject({
      code: 'GITHUB_FORBIDDEN',
      permission: 'contents=read',
      message: expect.stringContaining('It takes the permission contents=read.') as string,
    });
    expect(await failure(some.client.fetch('/repos/acme/none'))).toMatchObject({ code: 'GITHUB_NOT_FOUND' });
    github.fault({ path: /repos/ }, { status: 451 });
    expect(await failure(some.client.fetch('/repos/acme/tools'))).toMatchObject({ code: 'GITHUB_BLOCKED' });
  });

  test('a server that fails is asked again; one that stays away is unreachable', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const { client } = await clientOf(github.api, github.addToken());
    github.fault({ path: /orgs/ }, { status: 502, times: 2 });
    expect((await client.fetch('/orgs/acme')).status).toBe(200);
    github.fault({ path: /orgs/ }, 'reset');
    expect(await failure(client.fetch('/orgs/acme'))).toMatchObject({ code: 'GITHUB_UNREACHABLE' });
  });

  test('no failure shows the token, also where the server says it back', async () => {
    const token = 'ghp_0123456789abcdef0123456789abcdef0123';
    await using server = await serveHttp((request, response) => {
      const message = `You sent ${request.headers.authorization} to me`;
      response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
    });
    const { client } = await clientOf(server.origin, token);
    const error = await failure(client.fetch('/orgs/acme'));
    expect(error.message).toContain('[removed]');
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token.slice(4));
  });
});

describe('hostile servers', () => {
  test('a redirect to another host is not followed, and the token not shown there', async () => {
    const shown: (string | undefined)[] = [];
    await using other = await serveHttp((request, response) => {
      shown.push(request.headers.authorization);
      response.setHeader('content-type', 'application/json').end('{}');
    });
    await using server = await serveHttp((request, response) => {
      response.writeHead(302, { location: `${other.origin}${request.url}` }).end();
    });
    const { client } = await clientOf(server.origin, 'ghp_x');
    expect(await failure(client.fetch('/orgs/acme'))).toMatchObject({ code: 'GITHUB_ANSWER_INVALID' });
    expect(await failure(client.file('/assets/1'))).toMatchObject({ code: 'GITHUB_ANSWER_INVALID' });
    expect(shown).toEqual([]);
  });

  test('a Link header to another host is not followed', async () => {
    const shown: (string | undefined)[] = [];
    await using other = await serveHttp((request, response) => {
      shown.push(request.headers.authorization);
      response.setHeader('content-type', 'application/json').end('[]');
    });
    await using server = await serveHttp((_request, response) => {
      const link = `<${other.origin}/orgs/acme/repos?page=2>; rel="next"`;
      response.writeHead(200, { 'content-type': 'application/json', link }).end('[]');
    });
    const { client } = await clientOf(server.origin, 'ghp_x');
    const all = drained(client.pages('/orgs/acme/repos'));
    expect(await failure(all)).toMatchObject({ code: 'GITHUB_ANSWER_INVALID' });
    expect(shown).toEqual([]);
  });

  test('a list whose next page is itself ends', async () => {
    await using server = await serveHttp((request, response) => {
      const link = `<http://${request.headers.host}/list?per_page=100>; rel="next"`;
      response.writeHead(200, { 'content-type': 'application/json', link }).end('[]');
    });
    const { client } = await clientOf(server.origin, 'ghp_x');
    expect(await failure(drained(client.pages('/list')))).toMatchObject({ code: 'GITHUB_ANSWER_INVALID' });
  });

  test('an answer larger than any is ends with a clear failure', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    await using server = await serveHttp((_request, response) => {
      response.setHeader('content-type', 'application/json');
      const more = (): void => {
        while (!response.destroyed && response.write(megabyte));
        response.once('drain', more);
      };
      more();
    });
    const { client } = await clientOf(server.origin, 'ghp_x');
    expect(await failure(client.fetch('/orgs/acme'))).toMatchObject({ code: 'GITHUB_ANSWER_INVALID' });
  });

  test('an address of the API that is no https address is not asked', async () => {
    for (const api of ['http://github.example/api/v3', 'https://user:word@github.example', 'file:///etc', 'x']) {
      expect(await failure(clientOf(api, 'ghp_x'))).toMatchObject({ code: 'GITHUB_ANSWER_INVALID' });
    }
  });
});

describe('a GitHub App', () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

  test('its installation token is renewed within a long run, before it expires and when it is refused', async () => {
    let given = 0;
    let nowMs = Date.parse('2026-01-01T00:00:00Z');
    const shown: string[] = [];
    await using server = await serveHttp((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/app/installations/7/access_tokens') {
        given += 1;
        const expires = new Date(nowMs + 3_600_000).toISOString();
        response.writeHead(201).end(JSON.stringify({ token: `ghs_${given}`, expires_at: expires, permissions: {} }));
        return;
      }
      const { authorization = '' } = request.headers;
      shown.push(authorization);
      response.writeHead(authorization === 'token ghs_2' ? 401 : 200).end('{}');
    });
    const credential = { kind: 'app', appId: 5, privateKey, installationId: 7 } as const;
    const { client } = await clientOf(server.origin, credential, { nowMs: () => nowMs });
    await Promise.all([client.fetch('/a'), client.fetch('/b')]);
    expect(given).toBe(1);
    nowMs += 50 * 60_000;
    await client.fetch('/c');
    expect(shown).toEqual(['token ghs_1', 'token ghs_1', 'token ghs_2', 'token ghs_3']);
    expect((await client.gitAccess()).secret).toBe('ghs_3');
  });

  test('a private key that is none is refused without being shown', async () => {
    await using server = await serveHttp((_request, response) => response.writeHead(500).end());
    const credential = { kind: 'app', appId: 5, privateKey: 'no key at all', installationId: 7 } as const;
    const error = await failure(clientOf(server.origin, credential));
    expect(error.code).toBe('GITHUB_REFUSED');
    expect(inspect(error, { depth: 20 })).not.toContain('no key at all');
  });
});

test('a file is sent with its length, to where GitHub takes files', async () => {
  await using place = await makeHubPlace();
  const file = place.workspace.path('asset.bin');
  await writeFile(file, Buffer.alloc(300_000, 7));
  const seen: { path: string | undefined; length: string | undefined; bytes: number }[] = [];
  await using server = await serveHttp((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => {
      seen.push({ path: request.url, length: request.headers['content-length'], bytes });
      response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const { client } = await clientOf(`${server.origin}/api/v3`, 'ghp_x');
  await client.upload('repos/acme/tools/releases/1/assets?name=a.bin', file, 'application/octet-stream');
  expect(seen).toEqual([
    { path: '/api/uploads/repos/acme/tools/releases/1/assets?name=a.bin', length: '300000', bytes: 300_000 },
  ]);
});
