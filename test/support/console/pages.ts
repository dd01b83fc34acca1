/** The built page of the console, served as the HTTP door serves it, in front of an engine of the test's making. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { RPCHandler } from '@orpc/server/node';
import { mustRun } from '../processes.ts';
import type { ScriptedEngine } from './scripted-engine.ts';

/** The strictest policy a door may set: no nonce, so that not one style element gets through. */
export const strictPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** `folder` is absolute. As it is shipped: under a test runner the page would be built for development. */
export async function buildPage(folder: string): Promise<void> {
  await build([], folder, { NODE_ENV: 'production' });
}

/** The page of gallery/: all components at once. */
export async function buildGallery(folder: string): Promise<void> {
  await build(['test/support/console/gallery'], folder);
}

/** In a process of its own: half a gigabyte, which a build takes and keeps, would stay with the tests that come after. */
async function build(root: readonly string[], folder: string, env: Record<string, string> = {}): Promise<void> {
  const vite = join('node_modules', 'vite', 'bin', 'vite.js');
  await mustRun(process.execPath, [vite, 'build', ...root, '--logLevel', 'error', '--outDir', folder], { env });
}

export type Served = { readonly url: string; readonly close: () => Promise<void> };

export async function servePage(folder: string, engine: ScriptedEngine): Promise<Served> {
  const rpc = new RPCHandler(engine.router);
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('content-security-policy', strictPolicy);
    if (engine.isAway()) {
      request.socket.destroy();
      return;
    }
    const { matched } = await rpc.handle(request, response, { prefix: '/rpc' });
    if (!matched) await answerFile(folder, request, response);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  engine.onAway(() => server.closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answerFile(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://page').pathname;
  const name = path === '/' ? 'index.html' : path.slice(1);
  const type = types[extname(name)];
  if (type === undefined || name.includes('..')) {
    response.writeHead(404).end();
    return;
  }
  const content = await readFile(join(folder, name)).catch(() => null);
  if (content === null) response.writeHead(404).end();
  else response.setHeader('content-type', type).end(content);
}
