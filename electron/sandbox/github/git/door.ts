/** The door for git: who may clone and push what, and where a repository has moved to, in GitHub's words. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { levelOf, sees, type Access, type Viewer } from '../access.ts';
import { type Repository } from '../repository.ts';
import { type World } from '../world.ts';
import { type BareRepository } from './bare.ts';
import { runHttpBackend } from './http-backend.ts';

export type GitAddress = {
  readonly owner: string;
  /** Without `.git` and `.wiki`. */
  readonly name: string;
  readonly isWiki: boolean;
  /** What comes after it, with a slash before it. */
  readonly rest: string;
};

/** What `/owner/name.git/…`, also without `.git`, is about; null for another address. */
export function gitAddressOf(path: string): GitAddress | null {
  const pattern =
    /^\/([^/]+)\/([^/]+?)(\.wiki)?(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack|\/info\/lfs\/.+)$/;
  const [, owner, name, wiki, rest] = pattern.exec(path) ?? [];
  if (owner === undefined || name === undefined || rest === undefined) return null;
  return { owner, name, isWiki: wiki !== undefined, rest };
}

export type Admission =
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 404 | 451; readonly words: string }
  | { readonly kind: 'moved'; readonly repository: Repository }
  | { readonly kind: 'admitted'; readonly repository: Repository; readonly viewer: Viewer };

/** The same for git and for Git LFS. */
export function admit(world: World, viewer: Viewer | 'bad', { owner, name }: GitAddress, isWrite: boolean): Admission {
  if (viewer === 'bad') {
    const words = 'Invalid username or token. Password authentication is not supported for Git operations.';
    return { kind: 'refused', status: 401, words };
  }
  const found = world.find(owner, name);
  // Whether it exists is nobody's business before they have said who they are.
  if (viewer === null && (found === null || found.repository.isPrivate || isWrite)) {
    return { kind: 'refused', status: 401, words: 'No anonymous write access.' };
  }
  if (found === null || !sees(viewer, found.repository)) {
    return { kind: 'refused', status: 404, words: 'Repository not found.' };
  }
  if (found.moved) return { kind: 'moved', repository: found.repository };
  const refusal = refusalOf(found.repository, viewer, isWrite);
  return refusal ?? { kind: 'admitted', repository: found.repository, viewer };
}

function refusalOf(repository: Repository, viewer: Viewer, isWrite: boolean): Admission | null {
  const refused = (status: 403 | 451, words: string): Admission => ({ kind: 'refused', status, words });
  if (repository.blocked === 'dmca') return refused(451, 'Repository unavailable due to DMCA takedown.');
  if (repository.blocked !== null) return refused(403, 'Access to this repository has been disabled by GitHub staff.');
  const level = levelOf(viewer, repository, 'contents');
  if (level === 'none') return refused(403, 'Access to this repository not granted.');
  if (isWrite && level !== 'write') return refused(403, 'Write access to repository not granted.');
  return isWrite && repository.isArchived ? refused(403, 'This repository was archived so it is read-only.') : null;
}

export class GitDoor {
  readonly #world: World;
  readonly #access: Access;

  constructor(world: World, access: Access) {
    this.#world = world;
    this.#access = access;
  }

  async serve(request: IncomingMessage, response: ServerResponse, address: GitAddress, query: string): Promise<void> {
    const { rest, isWiki } = address;
    const service = rest === '/info/refs' ? (new URLSearchParams(query).get('service') ?? '') : rest.slice(1);
    if (service !== 'git-upload-pack' && service !== 'git-receive-pack') {
      return refuse(response, 403, 'Please upgrade your git client. GitHub.com no longer supports git over dumb-http.');
    }
    const isPush = service === 'git-receive-pack';
    const viewer = this.#access.viewer(request.headers.authorization);
    const admission = admit(this.#world, viewer, address, isPush);
    if (admission.kind === 'refused') return refuse(response, admission.status, admission.words);
    const { repository } = admission;
    if (admission.kind === 'moved') {
      const url = isWiki ? repository.wikiUrl : repository.cloneUrl;
      response.writeHead(301, { location: `${url}${rest}${query === '' ? '' : `?${query}`}` }).end();
      return;
    }
    // A wiki that was never written to is not there, not even for a push.
    const bare = isWiki ? (repository.hasWiki ? repository.wiki : null) : repository.bare;
    if (bare === null) return refuse(response, 404, 'Repository not found.');
    const user = admission.viewer?.login ?? '';
    const before = isPush ? bare.listing() : '';
    const onOver = (): void => {
      if (isPush && bare === repository.bare) this.#afterPush(repository, bare, before);
    };
    await runHttpBackend({ repository: bare.path, path: rest, query, user, onOver }, request, response);
  }

  #afterPush(repository: Repository, bare: BareRepository, before: string): void {
    if (bare.listing() !== before) repository.touch();
  }
}

/** Git shows the text after `remote:`. */
export function refuse(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    ...(status === 401 && { 'www-authenticate': 'Basic realm="GitHub"' }),
  });
  response.end(`${words}\n`);
}
