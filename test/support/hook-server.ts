/** A real HTTP server on loopback that keeps what it is asked, for the length of a test. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type HookServer = AsyncDisposable & {
  readonly origin: string;
  /** Oldest first. */
  readonly asked: Asked[];
  /** How it answers from now on; `silent`: not at all. */
  answer(status: number | 'silent', headers?: Readonly<Record<string, string>>): void;
};

export async function makeHookServer(): Promise<HookServer> {
  const asked: Asked[] = [];
  let answer: { status: number | 'silent'; headers: Readonly<Record<string, string>> } = { status: 200, headers: {} };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, path: url, headers, body: Buffer.concat(parts).toString('utf8') });
      if (answer.status !== 'silent') response.writeHead(answer.status, answer.headers).end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (status, headers = {}) => {
      answer = { status, headers };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
