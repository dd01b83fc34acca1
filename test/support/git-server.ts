/**
 * A Git server over HTTP for the length of a test: repositories in a folder, behind `git http-backend`, with a sign-in,
 * and with whatever can go wrong.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeLargeFiles, type LargeFiles } from './lfs-server.ts';

type GitAsked = { readonly method: string; readonly url: string; readonly authorization: string | null };

/** Takes a request that is then not passed on; false lets it through. */
type GitFault = (request: IncomingMessage, response: ServerResponse) => boolean;

type Held = { /** Resolves once something was asked. */ readonly asked: Promise<void>; release(): void };

export type GitServer = AsyncDisposable & {
  /** With a slash at its end. */
  readonly base: string;
  /** Oldest first. */
  readonly asked: GitAsked[];
  url(path: string): string;
  readonly largeFiles: LargeFiles;
  /** From now on; null: as it should. */
  fail(fault: GitFault | null): void;
  /** From now on nothing is answered until it is released. */
  hold(): Held;
};

type GitServerOptions = {
  /** The folder that the repositories are in. */
  readonly root: string;
  /** Without it, everybody may read. */
  readonly secret?: string;
  /** Further `key=value` configuration of the serving side. */
  readonly configuration?: Readonly<Record<string, string>>;
};

export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const asked: GitAsked[] = [];
  const largeFiles = makeLargeFiles();
  let fault: GitFault | null = null;
  let holding: { readonly asked: PromiseWithResolvers<void>; readonly over: PromiseWithResolvers<void> } | null = null;
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push({ method, url, authorization: headers.authorization ?? null });
    holding?.asked.resolve();
    void (holding?.over.promise ?? Promise.resolve()).then(() => answer(request, response));
  });
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (fault?.(request, response) === true) return;
    if (!isAllowed(request, options.secret)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    } else if (!largeFiles.serve(request, response, base)) serve(request, response, options);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    base,
    asked,
    largeFiles,
    url: (path) => base + path,
    fail: (next) => {
      fault = next;
    },
    hold: () => {
      const { asked: first, over } = (holding = {
        asked: Promise.withResolvers<void>(),
        over: Promise.withResolvers<void>(),
      });
      return {
        asked: first.promise,
        release: () => {
          holding = null;
          over.resolve();
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isAllowed({ headers }: IncomingMessage, secret: string | undefined): boolean {
  if (secret === undefined) return true;
  const given = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  return Buffer.from(given, 'base64').toString('utf8').endsWith(`:${secret}`);
}

/** The request goes to a CGI program (RFC 3875): what it answers begins with headers. */
function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { root, configuration = {} }: GitServerOptions,
): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const settings = Object.entries({ 'safe.directory': '*', ...configuration });
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_COUNT: String(settings.length),
      ...Object.fromEntries(
        settings.flatMap(([key, value], index) => [
          [`GIT_CONFIG_KEY_${index}`, key],
          [`GIT_CONFIG_VALUE_${index}`, value],
        ]),
      ),
      GIT_PROTOCOL: header(request, 'git-protocol'),
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(path),
      QUERY_STRING: query,
      CONTENT_TYPE: header(request, 'content-type'),
      HTTP_CONTENT_ENCODING: header(request, 'content-encoding'),
      REMOTE_USER: 'test',
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  response.on('close', () => child.kill('SIGKILL'));
  let head: Buffer | null = Buffer.alloc(0);
  child.stdout.on('data', (part: Buffer) => {
    if (head === null) {
      if (!response.write(part)) {
        child.stdout.pause();
        response.once('drain', () => child.stdout.resume());
      }
      return;
    }
    head = Buffer.concat([head, part]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    writeHead(response, head.subarray(0, end).toString('latin1'));
    response.write(head.subarray(end + 4));
    head = null;
  });
  child.stdout.on('end', () => response.end());
}

function writeHead(response: ServerResponse, text: string): void {
  let status = 200;
  const headers: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const [name = '', value = ''] = line.split(/: (.*)/s);
    if (name.toLowerCase() === 'status') status = Number(value.slice(0, 3));
    else headers[name] = value;
  }
  response.writeHead(status, headers);
}

function header({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
