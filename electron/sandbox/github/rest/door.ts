/** The REST door: whom it lets in, what counts against the limit, and the headers that go with every answer. */
import { createHash } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Access, type Token, type Viewer } from '../access.ts';
import { TooLarge } from '../../body.ts';
import { type RateLimit } from '../rate-limit.ts';
import { type World } from '../world.ts';
import { badCredentials, Refusal, type Answer } from './answer.ts';
import { answerOf, type Asked } from './router.ts';

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

  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    where: Pick<Asked, 'path' | 'isUpload' | 'query'>,
  ): Promise<void> {
    const viewer = this.#access.viewer(request.headers.authorization);
    const isCounted = where.path !== '/rate_limit';
    this.#running += 1;
    try {
      const limited = isCounted ? this.#rateLimit.check(this.#running) : null;
      const answer = limited === null ? await this.#answer(request, viewer, where) : this.#limitAnswer(limited);
      this.#send(request, response, viewer, answer, isCounted && limited === null);
    } finally {
      this.#running -= 1;
    }
  }

  async #answer(
    request: IncomingMessage,
    viewer: Viewer | 'bad',
    where: Pick<Asked, 'path' | 'isUpload' | 'query'>,
  ): Promise<Answer> {
    const { headers } = request;
    try {
      if (headers['user-agent'] === undefined) {
        throw new Refusal(403, 'Request forbidden by administrative rules. A User-Agent header is required.');
      }
      if (viewer === 'bad') throw badCredentials();
      const [world, access, rateLimit] = [this.#world, this.#access, this.#rateLimit];
      return await answerOf({ world, access, rateLimit, viewer, request, ...where });
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      if (error instanceof TooLarge) return new Refusal(413, 'Payload too large').answer;
      throw error;
    }
  }

  #limitAnswer(kind: 'primary' | 'secondary'): Answer {
    const { status, retryAfterSeconds } = this.#rateLimit;
    if (kind === 'primary') return new Refusal(status, 'API rate limit exceeded for user ID 1.').answer;
    const words = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    const headers = retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) };
    return new Refusal(status, words, { headers }).answer;
  }

  /** What has not changed since it was asked for is neither sent nor counted. */
  #send(
    request: IncomingMessage,
    response: ServerResponse,
    viewer: Viewer | 'bad',
    { status, body, headers }: Answer,
    isCounted: boolean,
  ): void {
    const text = body === undefined ? '' : JSON.stringify(body);
    const isShown = (request.method === 'GET' || request.method === 'HEAD') && status === 200;
    const etag = isShown ? `W/"${createHash('sha256').update(text).digest('hex')}"` : '';
    const isSame = isShown && tagsOf(request).includes(etag);
    if (isCounted && !isSame) this.#rateLimit.count();
    response.writeHead(isSame ? 304 : status, {
      ...this.#headers(viewer),
      ...(isShown && { etag, 'cache-control': 'private, max-age=60, s-maxage=60' }),
      ...(text !== '' && !isSame && { 'content-type': 'application/json; charset=utf-8' }),
      ...headers,
    });
    response.end(isSame || request.method === 'HEAD' ? undefined : text);
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

function tokenHeaders({ kind, expiresAt }: Token): Record<string, string> {
  return {
    ...(kind === 'classic' && { 'x-oauth-scopes': 'read:org, repo', 'x-accepted-oauth-scopes': '' }),
    // As GitHub writes it: 2026-12-31 00:00:00 UTC.
    ...(expiresAt !== null &&
      kind !== 'installation' && {
        'github-authentication-token-expiration': new Date(expiresAt).toISOString().replace(/T(.*)\..*$/, ' $1 UTC'),
      }),
  };
}

function tagsOf(request: IncomingMessage): string[] {
  return (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim());
}
