/** `git http-backend` as CGI (RFC 3875): a request in, what git answers out, streamed both ways. */
import { spawn, type ChildProcess } from 'node:child_process';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { bounded } from '../../body.ts';
import { gitEnvironment } from './bare.ts';

const headBytes = 64 * 1024;
/** A push, which git keeps on disk. */
const requestBytes = 4 * 1024 ** 3;

export type BackendRequest = {
  readonly repository: string;
  /** As in `/info/refs`. */
  readonly path: string;
  readonly query: string;
  readonly user: string;
  /** Before the client hears that it is over. */
  onOver(): void;
};

export async function runHttpBackend(
  asked: BackendRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const child = spawn('git', ['http-backend'], {
    env: environmentOf(asked, request),
    stdio: ['pipe', 'pipe', 'ignore'],
    // With what it starts itself it is a group of its own, which ends as one.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  const stop = (): void => stopGroup(child);
  response.once('close', stop);
  child.once('error', stop);
  // Git may have answered, and ended, before it was told all.
  const told = pipeline(bounded(request, requestBytes), child.stdin).catch(() => child.stdin.destroy());
  try {
    await answer(child, response);
    await ended;
    asked.onOver();
    response.end();
  } catch (error) {
    stop();
    throw error;
  } finally {
    response.off('close', stop);
    request.resume();
    await told;
  }
}

function stopGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

function environmentOf({ repository, path, query, user }: BackendRequest, request: IncomingMessage) {
  const { headers } = request;
  return {
    ...gitEnvironment(),
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROJECT_ROOT: repository,
    PATH_INFO: path,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method ?? 'GET',
    REMOTE_USER: user,
    REMOTE_ADDR: '127.0.0.1',
    CONTENT_TYPE: headers['content-type'] ?? '',
    ...(headers['content-length'] !== undefined && { CONTENT_LENGTH: headers['content-length'] }),
    ...(headers['content-encoding'] !== undefined && { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
    ...(typeof headers['git-protocol'] === 'string' && { GIT_PROTOCOL: headers['git-protocol'] }),
  };
}

/** The head first, which CGI writes as lines before an empty one; then the rest as it comes. The response stays open. */
async function answer({ stdout }: ChildProcess, response: ServerResponse): Promise<void> {
  if (stdout === null) return;
  let head: Buffer = Buffer.alloc(0);
  let isHeadOver = false;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    if (isHeadOver) {
      await write(response, chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1 && head.length > headBytes) throw new Error('git http-backend wrote no head');
    if (end === -1) continue;
    isHeadOver = true;
    writeHead(response, head.subarray(0, end).toString('latin1'));
    await write(response, head.subarray(end + 4));
  }
  if (!isHeadOver) throw new Error('git http-backend wrote no head');
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split('\r\n')) {
    const [name, value] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()];
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}

async function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  if (chunk.length === 0 || response.write(chunk) || response.destroyed) return;
  await new Promise<void>((resolve) => {
    const over = (): void => {
      response.off('drain', over);
      response.off('close', over);
      resolve();
    };
    response.once('drain', over);
    response.once('close', over);
  });
}
