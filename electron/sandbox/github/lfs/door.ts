/** Git LFS: the batch API, and the basic transfer of objects to and from where it points. */
import { createReadStream } from 'node:fs';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { type Access } from '../access.ts';
import { bounded, readBody } from '../../body.ts';
import { admit, type GitAddress } from '../git/door.ts';
import { type Repository } from '../repository.ts';
import { type World } from '../world.ts';
import { objectPath, objectSize, storeObject } from './objects.ts';

const bodyBytes = 4 * 1024 * 1024;
const objectBytes = 5 * 1024 ** 3;
const transferMs = 3_600_000;
const contentType = 'application/vnd.git-lfs+json';
const oidSchema = z.string().regex(/^[0-9a-f]{64}$/);

const batchSchema = z.object({
  operation: z.enum(['download', 'upload']),
  transfers: z.array(z.string()).optional(),
  objects: z.array(z.object({ oid: oidSchema, size: z.number().int().min(0) })).max(1000),
  hash_algo: z.literal('sha256').optional(),
});
const verifySchema = z.object({ oid: oidSchema, size: z.number() });

type Action = { readonly href: string; readonly header: Readonly<Record<string, string>>; readonly expires_in: number };

export class LfsDoor {
  readonly #world: World;
  readonly #access: Access;

  constructor(world: World, access: Access) {
    this.#world = world;
    this.#access = access;
  }

  /** `…/info/lfs/…` of a repository. */
  async serve(request: IncomingMessage, response: ServerResponse, address: GitAddress): Promise<void> {
    const call = `${request.method} ${address.rest.slice('/info/lfs'.length)}`;
    const isLock = call === 'POST /locks/verify' || call === 'GET /locks';
    if (call !== 'POST /objects/batch' && !isLock) return say(response, 404, { message: 'Not Found' });
    const body = request.method === 'POST' ? await jsonOf(request) : null;
    const batch = batchSchema.safeParse(body);
    if (!isLock && !batch.success) return say(response, 422, { message: 'Invalid batch' });
    const isUpload = batch.data?.operation === 'upload';
    const viewer = this.#access.viewer(request.headers.authorization);
    const admission = admit(this.#world, viewer, address, isUpload || call === 'POST /locks/verify');
    if (admission.kind === 'refused') return say(response, admission.status, { message: admission.words });
    const { repository } = admission;
    if (admission.kind === 'moved') {
      response.writeHead(301, { location: `${repository.cloneUrl}${address.rest}` }).end();
      return;
    }
    if (isLock) return say(response, 200, { locks: [], ours: [], theirs: [] });
    const objects = (batch.data?.objects ?? []).map((one) => this.#objectOf(repository, one, isUpload));
    say(response, 200, { transfer: 'basic', objects, hash_algo: 'sha256' });
  }

  /** `/storage/lfs/<repository>/<oid>`, with `/verify` after an upload. */
  async serveObject(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const [, id, oid = '', verify] = /^\/storage\/lfs\/(\d+)\/([0-9a-f]{64})(\/verify)?$/.exec(path) ?? [];
    const repository = this.#world.repositoryById(Number(id));
    const method = request.method ?? '';
    const [, signature = ''] = /^RemoteAuth (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!this.#world.signer.allows(`${method} ${path}`, signature))
      return say(response, 401, { message: 'Not allowed' });
    if (repository === undefined) return say(response, 404, { message: 'Not Found' });
    if (verify !== undefined) return this.#verify(request, response, repository);
    if (method === 'GET') return send(response, repository, oid);
    const isGood = await storeObject(repository.lfsFolder, oid, bounded(request, objectBytes));
    if (isGood) response.writeHead(200).end();
    else say(response, 422, { message: 'The content is not that of the object' });
  }

  #objectOf(repository: Repository, { oid, size }: { oid: string; size: number }, isUpload: boolean) {
    const there = objectSize(repository.lfsFolder, oid);
    const object = { oid, size: there ?? size, authenticated: true };
    const path = `/storage/lfs/${repository.id}/${oid}`;
    if (!isUpload) {
      if (there !== null) return { ...object, actions: { download: this.#action('GET', path) } };
      return { oid, size, error: { code: 404, message: 'Object does not exist on the server' } };
    }
    // What is there already needs no action.
    if (there !== null) return object;
    return {
      ...object,
      actions: { upload: this.#action('PUT', path), verify: this.#action('POST', `${path}/verify`) },
    };
  }

  #action(method: string, path: string): Action {
    const signature = this.#world.signer.sign(`${method} ${path}`, transferMs);
    return {
      href: `${this.#world.web}${path}`,
      header: { Authorization: `RemoteAuth ${signature}` },
      expires_in: transferMs / 1000,
    };
  }

  async #verify(request: IncomingMessage, response: ServerResponse, { lfsFolder }: Repository): Promise<void> {
    const wanted = verifySchema.safeParse(await jsonOf(request));
    const isThere = wanted.success && objectSize(lfsFolder, wanted.data.oid) === wanted.data.size;
    say(response, isThere ? 200 : 404, isThere ? {} : { message: 'Not Found' });
  }
}

async function send(response: ServerResponse, { lfsFolder }: Repository, oid: string): Promise<void> {
  const size = objectSize(lfsFolder, oid);
  if (size === null) return say(response, 404, { message: 'Not Found' });
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
  await pipeline(createReadStream(objectPath(lfsFolder, oid)), response);
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse((await readBody(request, bodyBytes)).toString('utf8'));
  } catch {
    return null;
  }
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': contentType,
    ...(status === 401 && { 'lfs-authenticate': 'Basic realm="GitHub"', 'www-authenticate': 'Basic realm="GitHub"' }),
  });
  response.end(JSON.stringify(body));
}
