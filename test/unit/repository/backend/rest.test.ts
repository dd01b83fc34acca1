import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { describe, expect, test } from 'vitest';
import { configHandle } from '../../../../electron/engine/repository/backend/backend.ts';
import { RestBackend } from '../../../../electron/engine/repository/backend/rest/rest.ts';
import { withThrottle } from '../../../../electron/engine/repository/backend/throttle.ts';
import { makeSelfSigned } from '../../../../electron/engine/platform/self-signed.ts';
import { sha256 } from '../../../support/restic-repository.ts';

const content = Buffer.from('content');
const pack = { type: 'data', name: sha256(content) } as const;
const names = Array.from({ length: 3 }, (_, at) => sha256(Buffer.from(String(at))));

type Fake = AsyncDisposable & { readonly backend: RestBackend; readonly asked: readonly string[] };
type Identity = { readonly fingerprint?: string; readonly authority?: string };

const certificate = makeSelfSigned({
  hosts: ['127.0.0.1'],
  fromMs: Date.now() - 86_400_000,
  untilMs: Date.now() + 86_400_000,
});

/** A server of a few lines, whose answers are as the test wants them. */
async function fake(answer: RequestListener, tls: Identity | null = null): Promise<Fake> {
  const asked: string[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    answer(request, response);
  };
  const server = tls === null ? createPlainServer(listener) : createTlsServer(certificate, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const { fingerprint = null, authority = null } = tls ?? {};
  const access = { user: 'user', password: () => Promise.resolve('password'), fingerprint, authority };
  const url = `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}/repository/`;
  return {
    backend: new RestBackend({ url, ...access }),
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Stores one file as a server does; `lose` cuts the connection in place of the answer to the first uploads. */
function storing(lose: { readonly before: number; readonly after: number }): RequestListener {
  let stored: Buffer | null = null;
  let [before, after] = [lose.before, lose.after];
  return (request, response) => {
    if (request.method !== 'POST') {
      if (stored === null) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-length': stored.length });
      return void response.end(request.method === 'HEAD' ? undefined : stored);
    }
    if (before-- > 0) return void request.socket.destroy();
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.once('end', () => {
      stored = Buffer.concat(parts);
      if (after-- > 0) request.socket.destroy();
      else response.writeHead(200).end();
    });
  };
}

describe('an upload', () => {
  test('whose answer is lost has arrived if the server has it', async () => {
    await using server = await fake(storing({ before: 0, after: 1 }));
    await server.backend.save(pack, content);
    expect(server.asked.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  test('that never arrived is told of', async () => {
    await using server = await fake(storing({ before: 1, after: 0 }));
    await expect(server.backend.save(pack, content)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  });

  test('of a config goes on until it is known whose is there', async () => {
    await using server = await fake(storing({ before: 1, after: 1 }));
    await server.backend.save(configHandle, content);
    await expect(server.backend.save(configHandle, content)).rejects.toMatchObject({ code: 'REPOSITORY_EXISTS' });
  });

  test.each([
    [401, 'ACCESS_REFUSED'],
    [403, 'ACCESS_REFUSED'],
    [413, 'PLACE_UNUSABLE'],
    [500, 'REPOSITORY_UNREACHABLE'],
    [507, 'QUOTA_REACHED'],
  ])('that is refused with %i is %s', async (status, code) => {
    await using server = await fake((request, response) =>
      response.writeHead(request.method === 'POST' ? status : 404).end(),
    );
    await expect(server.backend.save(pack, content)).rejects.toMatchObject({ code });
  });
});

describe('a list', () => {
  test('of version 1 has names alone, and each file is asked for its size', async () => {
    await using server = await fake((request, response) => {
      if (request.method === 'HEAD') return void response.writeHead(200, { 'content-length': 7 }).end();
      response.writeHead(200, { 'content-type': 'application/vnd.x.restic.rest.v1' });
      response.end(JSON.stringify([...names, 'stranger', '"', 'a,b']));
    });
    const listed = await server.backend.list('data');
    expect(listed.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(listed.every(({ size }) => size === 7)).toBe(true);
  });

  test('comes in pieces, cut anywhere', async () => {
    const files = [...names.map((name, size) => ({ name, size })), { name: 'a } b", {', size: 1 }];
    const text = JSON.stringify(files, null, 1);
    await using server = await fake((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.x.restic.rest.v2' });
      void (async () => {
        for (let at = 0; at < text.length; at += 7) {
          response.write(text.slice(at, at + 7));
          await new Promise((resolve) => setImmediate(resolve));
        }
        response.end();
      })();
    });
    const listed = await server.backend.list('data');
    expect(listed.toSorted((a, b) => a.size - b.size)).toEqual(names.map((name, size) => ({ name, size })));
  });

  test.each(['null', '[]', ''])('that is %s is empty', async (text) => {
    await using server = await fake((_request, response) => void response.end(text));
    expect(await server.backend.list('data')).toEqual([]);
  });

  test.each(['<html>', '[{"name":1,"size":1}]', '[{"name":"a","size":-1}]', '["a"', '{"name":"a"}'])(
    'that is %s is none of a server that is meant',
    async (text) => {
      await using server = await fake((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/vnd.x.restic.rest.v2' });
        response.end(text);
      });
      await expect(server.backend.list('data')).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    },
  );
});

describe('a range', () => {
  test('of a server that knows none is cut out of the whole', async () => {
    await using server = await fake((_request, response) => void response.end('0123456789'));
    expect((await server.backend.load(pack, { offset: 3, length: 4 })).toString()).toBe('3456');
    await expect(server.backend.load(pack, { offset: 8, length: 4 })).rejects.toMatchObject({
      code: 'STORED_FILE_DAMAGED',
    });
  });

  test('that ends before its length says so is not taken for whole', async () => {
    await using server = await fake((request, response) => {
      response.writeHead(206, { 'content-length': 10 });
      response.write('01234', () => request.socket.destroy());
    });
    await expect(server.backend.load(pack, { offset: 0, length: 10 })).rejects.toMatchObject({
      code: 'REPOSITORY_UNREACHABLE',
    });
  });
});

describe('the server', () => {
  const fingerprint = sha256(Buffer.from(certificate.cert.replaceAll(/-----.*?-----|\s/g, ''), 'base64'));
  const found: RequestListener = (_request, response) => void response.writeHead(200, { 'content-length': 1 }).end();

  test('that shows the certificate that is meant is asked, whoever signed it', async () => {
    await using server = await fake(found, { fingerprint });
    expect(await server.backend.list('config')).toEqual([{ name: 'config', size: 1 }]);
  });

  test('that shows another one is sent not one byte', async () => {
    await using server = await fake(found, { fingerprint: 'ab'.repeat(32) });
    await expect(server.backend.list('config')).rejects.toMatchObject({ code: 'CERTIFICATE_WRONG' });
    expect(server.asked).toEqual([]);
  });

  test('whose certificate nobody known has signed is sent nothing, unless its authority is given', async () => {
    await using server = await fake(found, {});
    await expect(server.backend.list('config')).rejects.toMatchObject({ code: 'CERTIFICATE_WRONG' });
    expect(server.asked).toEqual([]);
    await using trusted = await fake(found, { authority: certificate.cert });
    expect(await trusted.backend.list('config')).toHaveLength(1);
  });

  test('that names another address is not followed there', async () => {
    await using server = await fake((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end();
    });
    await expect(server.backend.load(pack)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    await expect(server.backend.save(pack, content)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    expect(new Set(server.asked)).toEqual(
      new Set([
        `GET /repository/data/${pack.name}`,
        `POST /repository/data/${pack.name}`,
        `HEAD /repository/data/${pack.name}`,
      ]),
    );
  });
});

test('bytes of a large file pass a pace in small slices, both ways', async () => {
  const large = Buffer.alloc(300_000, 'x');
  let sent = 0;
  await using place = await fake((request, response) => {
    if (request.method === 'POST') {
      request.on('data', (chunk: Buffer) => (sent += chunk.length));
      return void request.on('end', () => response.writeHead(200).end());
    }
    response.writeHead(200, { 'content-length': large.length }).end(large);
  });
  const passed = { up: [] as number[], down: [] as number[] };
  const backend = withThrottle(place.backend, {
    up: async (bytes) => void passed.up.push(bytes),
    down: async (bytes) => void passed.down.push(bytes),
  });
  await backend.save({ type: 'data', name: sha256(large) }, large);
  expect(sent).toBe(large.length);
  expect((await backend.load({ type: 'data', name: sha256(large) })).equals(large)).toBe(true);
  for (const slices of [passed.up, passed.down]) {
    expect(slices.reduce((sum, bytes) => sum + bytes, 0)).toBe(large.length);
    expect(Math.max(...slices)).toBeLessThanOrEqual(64 * 1024);
  }
});
