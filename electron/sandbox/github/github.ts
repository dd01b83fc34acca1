/**
 * A GitHub of one's own on loopback, for tests and the demo: REST as octokit sees it, git over `git http-backend`, and
 * whatever goes wrong there on demand. It lies in a folder of its own and forgets all else when it is closed.
 */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Access } from './access.ts';
import { Faults, type FaultAnswer, type FaultMatch } from './faults.ts';
import { GitDoor, gitAddressOf } from './git/door.ts';
import { LfsDoor } from './lfs/door.ts';
import {
  type AddedApp,
  type AppOptions,
  type OwnerKind,
  type RepositoryOptions,
  type Request,
  type TokenOptions,
} from './options.ts';
import { RateLimit, type LimitOptions } from './rate-limit.ts';
import { type SandboxRepository } from './repository.ts';
import { RestDoor } from './rest/door.ts';
import { serveAsset } from './storage-door.ts';
import { World } from './world.ts';

export type SandboxGitHub = AsyncDisposable & {
  /** As of GitHub Enterprise: `http://127.0.0.1:PORT/api/v3`. */
  readonly api: string;
  /** `http://127.0.0.1:PORT`; a repository is cloned from `${web}/${owner}/${name}.git`. */
  readonly web: string;
  /** What was asked, oldest first; only the newest of very many. */
  readonly log: readonly Request[];
  /** An organization by default. */
  createOwner(login: string, kind?: OwnerKind): void;
  /** An empty one. Takes a name from whoever was led on by it. */
  createRepository(owner: string, name: string, options?: RepositoryOptions): SandboxRepository;
  /** Throws for one that does not exist. */
  repository(owner: string, name: string): SandboxRepository;
  /** The old name leads to the new one until it is given to another repository. */
  rename(owner: string, name: string, to: string): void;
  transfer(owner: string, name: string, to: string): void;
  remove(owner: string, name: string): void;
  /** The text of the token. */
  addToken(options?: TokenOptions): string;
  /** From now on it is no token any more. */
  revokeToken(token: string): void;
  /** A GitHub App with one installation. */
  addApp(options: AppOptions): AddedApp;
  /** Answers what matches like this, from now on; the newest fault goes first. Dispose of it to end it. */
  fault(match: FaultMatch, answer: FaultAnswer): Disposable;
  limit(options: LimitOptions): void;
};

const apiPath = '/api/v3';
const uploadsPath = '/api/uploads';
const logged = 200_000;

/** `folder` holds the repositories; who gives it removes it. Throws when loopback cannot be listened on. */
export async function startSandboxGitHub({ folder }: { readonly folder: string }): Promise<SandboxGitHub> {
  mkdirSync(join(folder, 'repositories'), { recursive: true });
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const world = new World(folder, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const access = new Access(world);
  const rateLimit = new RateLimit();
  const faults = new Faults();
  const log: Request[] = [];
  const rest = new RestDoor(world, access, rateLimit);
  const git = new GitDoor(world, access);
  const lfs = new LfsDoor(world, access);

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    if (log.push({ method, path: url, authorization: headers.authorization ?? null }) > logged)
      log.splice(0, logged / 2);
    if (await faults.serve(method, url, response)) return;
    const [path, query] = splitOnce(url, '?');
    const address = gitAddressOf(path);
    if (path === apiPath || path.startsWith(`${apiPath}/`)) {
      const where = { path: path.slice(apiPath.length), isUpload: false, query: new URLSearchParams(query) };
      await rest.serve(request, response, where);
    } else if (path.startsWith(`${uploadsPath}/`)) {
      const where = { path: path.slice(uploadsPath.length), isUpload: true, query: new URLSearchParams(query) };
      await rest.serve(request, response, where);
    } else if (path.startsWith('/storage/lfs/')) {
      await lfs.serveObject(request, response, path);
    } else if (path.startsWith('/storage/assets/')) {
      await serveAsset(world, response, path, query);
    } else if (address?.rest.startsWith('/info/lfs/') === true) {
      await lfs.serve(request, response, address);
    } else if (address !== null) {
      await git.serve(request, response, address, query);
    } else {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not Found\n');
    }
  };
  server.on('request', (request, response) => {
    serve(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });

  const ownerOf = (login: string) => world.owner(login) ?? fail(`there is no owner ${login}`);
  const find = (owner: string, name: string) => {
    const found = world.find(owner, name);
    return found === null || found.moved ? fail(`there is no repository ${owner}/${name}`) : found.repository;
  };
  return {
    api: world.api,
    web: world.web,
    log,
    createOwner: (login, kind = 'organization') => void world.createOwner(login, kind),
    createRepository: (owner, name, options) => world.createRepository(ownerOf(owner), name, options),
    repository: find,
    rename: (owner, name, to) => world.move(find(owner, name), ownerOf(owner), to),
    transfer: (owner, name, to) => world.move(find(owner, name), ownerOf(to), find(owner, name).name),
    remove: (owner, name) => world.remove(find(owner, name)),
    addToken: (options = {}) => access.addToken(options),
    revokeToken: (token) => access.revoke(token),
    addApp: (options) => access.apps.add(ownerOf(options.owner), options),
    fault: (match, answer) => faults.add(match, answer),
    limit: (options) => rateLimit.set(options),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function splitOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function fail(message: string): never {
  throw new Error(message);
}
