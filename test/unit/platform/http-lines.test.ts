import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { HttpLines } from '../../../electron/engine/platform/http-lines.ts';
import type { HttpTarget } from '../../../electron/engine/platform/http-line.ts';

const open: { [Symbol.dispose](): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]();
});

type Served = { readonly target: HttpTarget; readonly requests: string[]; readonly connections: () => number };

/** Answers each request by its number with what is given, byte for byte. */
async function serve(answer: (request: number, socket: Socket) => void): Promise<Served> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        requests.push(text.slice(0, end));
        text = text.slice(end + 4);
        answer(requests.length - 1, socket);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  const { port } = server.address() as { port: number };
  return { target: { isSecure: false, host: '127.0.0.1', port }, requests, connections: () => connections };
}

function linesOf(idleMs = 10_000): HttpLines {
  const lines = new HttpLines({ connectMs: 10_000, idleMs });
  open.push(lines);
  return lines;
}

const never = new AbortController().signal;
const asked = ({ target }: Served, headers = {}) => ({ target, method: 'GET', path: '/a', headers });
const whole = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;

describe('an answer', () => {
  test('of just as many bytes lies in the memory, however it comes', async () => {
    const text = whole('as it is kept', 'ETag: "a"\r\nX-Many: 1\r\nX-Many: 2\r\n');
    for (const step of [1, 7, 1000]) {
      const served = await serve((_, socket) => {
        for (let at = 0; at < text.length; at += step) socket.write(text.slice(at, at + step));
      });
      const memory = Buffer.alloc(13);
      const answer = await linesOf().ask(asked(served, { host: 'there' }), memory, never);
      expect(memory.toString()).toBe('as it is kept');
      expect(answer).toMatchObject({ status: 200, body: null, headers: { etag: '"a"', 'x-many': '1, 2' } });
      expect(served.requests).toEqual(['GET /a HTTP/1.1\r\nhost: there']);
    }
  });

  test('is read over one connection after the other, and two at a time over two', async () => {
    const served = await serve((_, socket) => void socket.write(whole('12345')));
    const lines = linesOf();
    for (let turn = 0; turn < 5; turn++) await lines.ask(asked(served), Buffer.alloc(5), never);
    expect(served.connections()).toBe(1);
    await Promise.all([1, 2].map(() => lines.ask(asked(served), Buffer.alloc(5), never)));
    expect(served.connections()).toBe(2);
  });

  test('in chunks, after a 100, or up to the end of the connection is put together', async () => {
    const chunked =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n';
    for (const text of [chunked, `HTTP/1.1 100 Continue\r\n\r\n${whole('abcde')}`, 'HTTP/1.1 200 OK\r\n\r\nabcde']) {
      const served = await serve((_, socket) => {
        for (const byte of text) socket.write(byte);
        if (!text.includes('100') && !text.includes('chunked')) socket.end();
      });
      const memory = Buffer.alloc(5);
      await linesOf().ask(asked(served), memory, never);
      expect(memory.toString()).toBe('abcde');
    }
  });

  test('that is a refusal comes beside the memory', async () => {
    const refusals = [
      'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nfalse',
      'HTTP/1.1 503 Slow Down\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfalse\r\n0\r\n\r\n',
    ];
    const served = await serve((request, socket) => void socket.write(refusals[request] ?? ''));
    const lines = linesOf();
    for (const [status, reason] of [
      [404, 'Not Found'],
      [503, 'Slow Down'],
    ] as const) {
      const memory = Buffer.alloc(5, 'x');
      const answer = await lines.ask(asked(served), memory, never);
      expect(answer).toMatchObject({ status, reason });
      expect(answer.body?.toString()).toBe('false');
      expect(memory.toString()).toBe('xxxxx');
    }
    expect(served.connections()).toBe(1);
  });

  test.each([
    ['that is shorter, up to the end of the connection,', 'HTTP/1.1 200 OK\r\n\r\nabc'],
    ['that ends too soon', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc'],
    ['that is longer', whole('abcdef')],
    ['that is shorter', whole('abcd')],
    ['with more behind it', `${whole('abcde')}more`],
    ['that is no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['whose head has no end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}`],
    ['whose chunks cannot be read', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfive\r\nabcde'],
    ['of a refusal without an end', `HTTP/1.1 500 No\r\n\r\n${'x'.repeat(3_000_000)}`],
  ])('%s is none', async (_, text) => {
    const served = await serve((_request, socket) => void socket.end(text));
    await expect(linesOf().ask(asked(served), Buffer.alloc(5), never)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(served.requests).toHaveLength(1);
  });
});

describe('a connection', () => {
  test('that the other side closed meanwhile is replaced by another', async () => {
    const served = await serve((request, socket) => {
      if (request === 1) socket.destroy();
      else socket.write(whole('12345'));
    });
    const lines = linesOf();
    await lines.ask(asked(served), Buffer.alloc(5), never);
    await lines.ask(asked(served), Buffer.alloc(5), never);
    expect(served.requests).toHaveLength(3);
    expect(served.connections()).toBe(2);
  });

  test('that says it closes is not used again', async () => {
    const served = await serve((_, socket) => void socket.write(whole('12345', 'Connection: close\r\n')));
    const lines = linesOf();
    for (let turn = 0; turn < 2; turn++) await lines.ask(asked(served), Buffer.alloc(5), never);
    expect(served.connections()).toBe(2);
  });

  test('over which nothing comes is given up', async () => {
    const served = await serve((_, socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab'));
    const asking = linesOf(50).ask(asked(served), Buffer.alloc(5), never);
    await expect(asking).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('to nobody fails as Node.js says it', async () => {
    const target = { isSecure: false, host: '127.0.0.1', port: 1 };
    const asking = linesOf().ask({ target, method: 'GET', path: '/', headers: {} }, Buffer.alloc(5), never);
    await expect(asking).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('is left when that is wanted, and writes no more into the memory', async () => {
    const sockets: Socket[] = [];
    const served = await serve((_, socket) => {
      sockets.push(socket);
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab');
    });
    const stop = new AbortController();
    const memory = Buffer.alloc(5, 'x');
    const asking = linesOf().ask(asked(served), memory, stop.signal);
    while (memory.toString() !== 'abxxx') await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    sockets[0]?.write('cde');
    await once(sockets[0] as Socket, 'close');
    expect(memory.toString()).toBe('abxxx');
  });
});

test('a request that would be two is none', async () => {
  const served = await serve((_, socket) => void socket.write(whole('12345')));
  for (const headers of [{ range: 'bytes=0-1\r\nx: y' }, { 'a\nb': 'c' }])
    await expect(linesOf().ask(asked(served, headers), Buffer.alloc(5), never)).rejects.toThrow(TypeError);
  const split = linesOf().ask({ ...asked(served), path: '/ HTTP/1.1\r\nx: y' }, Buffer.alloc(5), never);
  await expect(split).rejects.toThrow(TypeError);
  expect(served.requests).toEqual([]);
});
