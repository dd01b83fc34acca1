/** What one user may ask of their repository: restic's REST protocol, version 2. */
import { statfs } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { FileHandle, FileType } from '../../repository/backend/backend.ts';
import { freeBytesHeader } from '../../repository/backend/rest/rest.ts';
import { answerText, bodyOf, Refusal, type Exchange } from './exchange.ts';
import type { SiteLimits } from './limits.ts';
import { parseRange, type SiteTarget } from './rest-paths.ts';
import type { SiteUserRow } from './site-file.ts';
import { takenBytes, type SiteRepository } from './site-repository.ts';

export type Served = {
  readonly user: SiteUserRow;
  readonly repository: SiteRepository;
  readonly limits: SiteLimits;
};

const version1 = 'application/vnd.x.restic.rest.v1';
const version2 = 'application/vnd.x.restic.rest.v2';

/** Throws a `Refusal` where it is not done. */
export async function serveRepository(exchange: Exchange, target: SiteTarget, served: Served): Promise<void> {
  const { method } = exchange.request;
  switch (target.kind) {
    case 'repository':
      if (method !== 'POST' || !target.create) throw new Refusal(405, 'A repository is made here, and nothing else.');
      await served.repository.create();
      return answerText(exchange, 200, 'It is there.');
    case 'list':
      if (method !== 'GET') throw new Refusal(405, 'Files are listed here, and nothing else.');
      return sendList(exchange, target.type, served);
    case 'file':
      return serveFile(exchange, target.handle, served);
  }
}

async function serveFile(exchange: Exchange, handle: FileHandle, served: Served): Promise<void> {
  switch (exchange.request.method ?? '') {
    case 'GET':
    case 'HEAD':
      return sendFile(exchange, handle, served);
    case 'POST':
      return takeFile(exchange, handle, served);
    case 'DELETE':
      return removeFile(exchange, handle, served);
    default:
      throw new Refusal(405, 'A file is read, sent or removed.');
  }
}

async function sendFile(exchange: Exchange, handle: FileHandle, served: Served): Promise<void> {
  const { request, response } = exchange;
  const isLook = request.method === 'HEAD' && handle.type === 'config';
  const free = isLook ? await freeBytes(served).catch(() => null) : null;
  if (free !== null) response.setHeader(freeBytesHeader, free);
  const found = await served.repository.open(handle);
  if (found === null) throw new Refusal(404, 'It is not there.');
  const { file, size } = found;
  try {
    const range = request.method === 'HEAD' ? null : parseRange(request.headers.range, size);
    if (range === 'beyond') {
      response.setHeader('content-range', `bytes */${size}`);
      throw new Refusal(416, 'It ends before that.');
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.writeHead(range === null ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': end - start + 1,
      'accept-ranges': 'bytes',
      ...(range !== null && { 'content-range': `bytes ${start}-${end}/${size}` }),
    });
    if (request.method === 'HEAD' || end < start) return void response.end();
    await pipeline(file.createReadStream({ start, end, autoClose: false }), response);
    exchange.sent += end - start + 1;
  } finally {
    await file.close();
  }
}

async function sendList(exchange: Exchange, type: FileType, { repository }: Served): Promise<void> {
  const { request, response } = exchange;
  const withSizes = request.headers.accept === version2;
  response.writeHead(200, { 'content-type': withSizes ? version2 : version1 });
  await pipeline(async function* () {
    let separator = '[';
    for await (const files of repository.list(type, withSizes)) {
      if (files.length === 0) continue;
      const text = separator + files.map((file) => JSON.stringify(withSizes ? file : file.name)).join(',');
      separator = ',';
      exchange.sent += text.length;
      yield text;
    }
    yield separator === '[' ? '[]' : ']';
  }, response);
}

async function takeFile(exchange: Exchange, handle: FileHandle, { user, repository, limits }: Served): Promise<void> {
  const length = lengthOf(exchange);
  if (length > limits.bodyBytes[handle.type]) throw new Refusal(413, 'It is larger than such a file can be.');
  const reservation = await repository.quota.reserve(takenBytes(length), user.quotaBytes);
  if (reservation === null) throw new Refusal(507, 'There is no more room for this user.');
  let added = 0;
  try {
    const saved = await repository.save(handle, bodyOf(exchange, limits), !user.appendOnly);
    if (saved.outcome === 'saved') added = saved.added;
    if (saved.outcome === 'wrong') throw new Refusal(400, 'What came is not what its name says.');
    if (saved.outcome === 'taken') throw new Refusal(403, 'Something else is there, and it is not replaced.');
    answerText(exchange, 200, 'It is stored.');
  } finally {
    reservation.settle(added);
  }
}

async function removeFile(exchange: Exchange, handle: FileHandle, { user, repository }: Served): Promise<void> {
  if (user.appendOnly && handle.type !== 'locks') throw new Refusal(403, 'Nothing is removed here but locks.');
  const bytes = await repository.remove(handle);
  if (bytes === null) throw new Refusal(404, 'It is not there.');
  repository.quota.add(-bytes);
  answerText(exchange, 200, 'It is removed.');
}

/** What its quota leaves, and no more than the disk has. */
async function freeBytes({ user, repository }: Served): Promise<number> {
  const { bavail, bsize } = await statfs(repository.folder);
  const left = user.quotaBytes === null ? Infinity : Math.max(0, user.quotaBytes - (await repository.quota.used()));
  return Math.min(left, bavail * bsize);
}

function lengthOf({ request }: Exchange): number {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined || encoding !== undefined)
    throw new Refusal(411, 'Its length has to be said before it comes.');
  return Number(length);
}
