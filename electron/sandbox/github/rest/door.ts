/** The REST door: whom it lets in, what counts, which handler answers, and the headers that go with every answer. */
import { createHash } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { levelOf, sees, type Access, type Token, type Viewer } from '../access.ts';
import { readBody, TooLarge } from '../body.ts';
import { type RateLimit } from '../rate-limit.ts';
import { type Repository } from '../repository.ts';
import { type World } from '../world.ts';
import { accountRoutes } from './accounts.ts';
import { badCredentials, needsAuthentication, notAccessible, notFound, Refusal, type Answer } from './answer.ts';
import { type Call, type RepositoryCall, type Route } from './call.ts';
import { repositoryRoutes } from './repositories.ts';

const bodyBytes = 1024 * 1024;

export class RestDoor {
  readonly #world: World;
  readonly #access: Access;
  readonly #rateLimit: RateLimit;
  #running = 0;

  constructor(world: World, access: Access, rateLimit: RateLimit) {
    this.#world = world;
    this.#access = access;
    this.#rateLimit = rateLimit;
  }

  /** `path`: below the API's address, with a slash before it. */
  async serve(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams): Promise<void> {
    this.#running += 1;
    try {
      await this.#serve(request, response, path, query);
    } finally {
      this.#running -= 1;
    }
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ): Promise<void> {
    const viewer = this.#access.viewer(request.headers.authorization);
    const isCounted = path !== '/rate_limit';
    const limited = isCounted ? this.#rateLimit.check(this.#running) : null;
    const answer = limited === null ? await this.#answer(request, viewer, path, query) : this.#limitAnswer(limited);
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
    const isGet = request.method === 'GET' || request.method === 'HEAD';
    const isSame = isGet && answer.status === 200 && tagsOf(request).includes(etag);
    if (isCounted && limited === null && !isSame) this.#rateLimit.count();
    response.writeHead(isSame ? 304 : answer.status, {
      ...this.#headers(viewer),
      ...(isGet && answer.status === 200 && { etag, 'cache-control': 'private, max-age=60, s-maxage=60' }),
      ...(text !== '' && !isSame && { 'content-type': 'application/json; charset=utf-8' }),
      ...answer.headers,
    });
    response.end(isSame || request.method === 'HEAD' ? undefined : text);
  }

  async #answer(
    request: IncomingMessage,
    viewer: Viewer | 'bad',
    path: string,
    query: URLSearchParams,
  ): Promise<Answer> {
    try {
      if (request.headers['user-agent'] === undefined) {
        throw new Refusal(403, 'Request forbidden by administrative rules. A User-Agent header is required.');
      }
      if (viewer === 'bad') throw badCredentials();
      return await this.#route(request, viewer, path, query);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      if (error instanceof TooLarge) return new Refusal(413, 'Payload too large').answer;
      throw error;
    }
  }

  async #route(request: IncomingMessage, viewer: Viewer, path: string, query: URLSearchParams): Promise<Answer> {
    const segments = segmentsOf(path);
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    const body = method === 'GET' ? undefined : await jsonOf(request);
    const call = (parameters: Call['parameters']): Call => ({
      world: this.#world,
      access: this.#access,
      rateLimit: this.#rateLimit,
      viewer,
      query,
      accept: request.headers.accept ?? '',
      parameters,
      body,
    });
    const inRepository = this.#repositoryIn(segments);
    if (inRepository === null) {
      const { route, parameters } = match(accountRoutes, method, segments);
      return route.answer(call(parameters));
    }
    const { repository, moved, rest } = inRepository;
    if (!sees(viewer, repository)) throw notFound();
    if (moved) return movedTo(repository, rest, query, method, this.#world);
    const { route, parameters } = match(repositoryRoutes, method, rest);
    if (route.needs !== undefined) demand(viewer, repository, route.needs);
    return route.answer({ ...call(parameters), repository } satisfies RepositoryCall);
  }

  /** Null: it is about no repository. Throws for one that is not there. */
  #repositoryIn(segments: readonly string[]): { repository: Repository; moved: boolean; rest: string[] } | null {
    const [first, second = '', third = ''] = segments;
    if (first === 'repositories' && segments.length > 1) {
      const repository = this.#world.repositoryById(Number(second));
      if (repository === undefined) throw notFound();
      return { repository, moved: false, rest: segments.slice(2) };
    }
    if (first !== 'repos' || segments.length < 3) return null;
    const found = this.#world.find(second, third);
    if (found === null) throw notFound();
    return { ...found, rest: segments.slice(3) };
  }

  #limitAnswer(kind: 'primary' | 'secondary'): Answer {
    const { status, retryAfterSeconds } = this.#rateLimit;
    if (kind === 'primary') return new Refusal(status, 'API rate limit exceeded for user ID 1.').answer;
    const words = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    const headers = retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) };
    return new Refusal(status, words, { headers }).answer;
  }

  #headers(viewer: Viewer | 'bad'): Record<string, string> {
    const { limit, remaining, reset, used } = this.#rateLimit.facts();
    return {
      'x-github-media-type': 'github.v3; format=json',
      'x-github-api-version-selected': '2022-11-28',
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String(reset),
      'x-ratelimit-used': String(used),
      'x-ratelimit-resource': 'core',
      ...(viewer !== null && viewer !== 'bad' && tokenHeaders(viewer)),
    };
  }
}

function tokenHeaders(token: Token): Record<string, string> {
  return {
    ...(token.kind === 'classic' && { 'x-oauth-scopes': 'read:org, repo', 'x-accepted-oauth-scopes': '' }),
    // As GitHub writes it: 2026-12-31 00:00:00 UTC.
    ...(token.expiresAt !== null && {
      'github-authentication-token-expiration': new Date(token.expiresAt)
        .toISOString()
        .replace(/T(.*)\..*$/, ' $1 UTC'),
    }),
  };
}

function tagsOf(request: IncomingMessage): string[] {
  return (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim());
}

function segmentsOf(path: string): string[] {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map((part) => decodeURIComponent(part));
  } catch {
    throw notFound();
  }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const text = (await readBody(request, bodyBytes)).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
}

function match<Of extends Call>(
  routes: readonly Route<Of>[],
  method: string,
  segments: readonly string[],
): { route: Route<Of>; parameters: Record<string, string> } {
  for (const route of routes) {
    const wanted = route.pattern === '' ? [] : route.pattern.split('/');
    if (route.method !== method || wanted.length !== segments.length) continue;
    if (!wanted.every((part, at) => part.startsWith(':') || part === segments[at])) continue;
    const named = wanted.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), segments[at] ?? '']] : []));
    return { route, parameters: Object.fromEntries(named) as Record<string, string> };
  }
  throw notFound();
}

/** Throws unless the viewer has the permission, which is written as in `issues=read`. */
function demand(viewer: Viewer, repository: Repository, needs: string): void {
  const [permission = '', wanted = 'read'] = needs.split('=');
  const level = levelOf(viewer, repository, permission);
  if (wanted === 'write' && viewer === null) throw needsAuthentication();
  if (level === 'write' || (level === 'read' && wanted === 'read')) return;
  if (viewer === null) throw notFound();
  throw notAccessible(viewer, needs);
}

/** A repository that was renamed is asked for by its number, with the rest as it was. */
function movedTo(repository: Repository, rest: string[], query: URLSearchParams, method: string, world: World): Answer {
  const path = ['', ...rest.map((part) => encodeURIComponent(part))].join('/');
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  const location = `${world.api}/repositories/${repository.id}${path}${search}`;
  const refusal = new Refusal(method === 'GET' ? 301 : 307, 'Moved Permanently', {
    body: { url: location },
    headers: { location },
  });
  return refusal.answer;
}
