/** The door for git: who may clone and push what, and where a repository has moved to, in GitHub's words. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { levelOf, sees, type Access, type Viewer } from '../access.ts';
import { type Repository } from '../repository.ts';
import { type World } from '../world.ts';
import { runHttpBackend } from './http-backend.ts';

const addressPattern = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/;

export class GitDoor {
  readonly #world: World;
  readonly #access: Access;

  constructor(world: World, access: Access) {
    this.#world = world;
    this.#access = access;
  }

  /** Whether it was for git. */
  async serve(request: IncomingMessage, response: ServerResponse, path: string, query: string): Promise<boolean> {
    const [, owner, name, rest] = addressPattern.exec(path) ?? [];
    if (owner === undefined || name === undefined || rest === undefined) return false;
    const service = rest === '/info/refs' ? (new URLSearchParams(query).get('service') ?? '') : rest.slice(1);
    if (service !== 'git-upload-pack' && service !== 'git-receive-pack') return false;
    const viewer = this.#access.viewer(request.headers.authorization);
    if (viewer === 'bad') {
      refuse(response, 401, 'Invalid username or token. Password authentication is not supported for Git operations.');
      return true;
    }
    const found = this.#world.find(owner, name);
    const isPush = service === 'git-receive-pack';
    // Whether it exists is nobody's business before they have said who they are.
    if (viewer === null && (found === null || found.repository.isPrivate || isPush)) {
      refuse(response, 401, 'No anonymous write access.');
    } else if (found === null || !sees(viewer, found.repository)) {
      refuse(response, 404, 'Repository not found.');
    } else if (found.moved) {
      const location = `${found.repository.cloneUrl}${rest}${query === '' ? '' : `?${query}`}`;
      response.writeHead(301, { location }).end();
    } else {
      await this.#let(found.repository, viewer, isPush, { rest, query }, request, response);
    }
    return true;
  }

  async #let(
    repository: Repository,
    viewer: Viewer,
    isPush: boolean,
    { rest, query }: { readonly rest: string; readonly query: string },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const level = levelOf(viewer, repository, 'contents');
    if (level === 'none') return refuse(response, 403, 'Access to this repository not granted.');
    if (isPush && level !== 'write') return refuse(response, 403, 'Write access to repository not granted.');
    if (isPush && repository.isArchived) {
      return refuse(response, 403, 'This repository was archived so it is read-only.');
    }
    const before = isPush ? repository.bare.state() : '';
    await runHttpBackend(
      {
        repository: repository.path,
        path: rest,
        query,
        user: viewer?.login ?? '',
        onOver: () => {
          if (isPush && repository.bare.state() !== before) repository.touch();
        },
      },
      request,
      response,
    );
  }
}

/** Git shows the text after `remote:`. */
function refuse(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    ...(status === 401 && { 'www-authenticate': 'Basic realm="GitHub"' }),
  });
  response.end(`${words}\n`);
}
