/**
 * GitHub's REST API as a source asks it: by octokit, which paces requests and tries again what the network lost; limits
 * are waited out, aloud and until the run is cancelled; every failure is one that has been understood.
 */
import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { HoldfastError, throwIfCancelled } from '../../../../shared/model/errors.ts';
import { type GitAccess } from '../git/git.ts';
import { addressesOf, type GitHubAddresses } from './addresses.ts';
import { installationTokens, plainToken, type GitHubCredential, type TokenKeeper } from './credential.ts';
import { failureOf, GitHubFailure, refusedIn } from './failures.ts';
import { apiFetch, fileFetch } from './guarded-fetch.ts';
import { LimitGate, pauseFor, sleep as usualSleep, type Sleep } from './limits.ts';

export type ClientOptions = {
  /** `https://api.github.com`, or `https://HOST/api/v3`. */
  readonly api: string;
  readonly credential: GitHubCredential;
  readonly signal: AbortSignal;
  readonly onNotice: (text: string) => void;
  readonly nowMs?: () => number;
  readonly sleep?: Sleep;
  /** What octokit waits before it tries a lost request again the first time; 1 s by default. */
  readonly retryMs?: number;
};

export type Answer = {
  readonly status: number;
  /** JSON as it came. */
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
};

/** The parts of octokit that are used, by the shapes that are used. */
type Ask = (options: {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly data?: unknown;
  readonly request: Record<string, unknown>;
}) => Promise<{ status: number; data: unknown; headers: Record<string, string | number | undefined> }>;

const pageSize = 100;
/** A million items; a list that does not end before is none. */
const pagesAtMost = 10_000;
const limitsMetAtMost = 6;

export class GitHubClient {
  readonly addresses: GitHubAddresses;
  readonly #ask: Ask;
  readonly #tokens: TokenKeeper;
  readonly #gate: LimitGate;
  readonly signal: AbortSignal;
  readonly #nowMs: () => number;
  #tokenHeaders: Answer['headers'] = {};

  private constructor(ask: Ask, tokens: TokenKeeper, addresses: GitHubAddresses, options: ClientOptions) {
    const { signal, onNotice, nowMs = Date.now, sleep = usualSleep } = options;
    this.addresses = addresses;
    this.#ask = ask;
    this.#tokens = tokens;
    this.signal = signal;
    this.#nowMs = nowMs;
    this.#gate = new LimitGate({ signal, onNotice, nowMs, sleep });
  }

  /** Asks nothing yet. octokit takes a moment to load, which only who needs it waits for. */
  static async open(options: ClientOptions): Promise<GitHubClient> {
    const { api, credential, signal, nowMs = Date.now, retryMs = 1000 } = options;
    const addresses = addressesOf(api);
    const { App, Octokit } = await import('octokit');
    const silent = () => undefined;
    const Ours = Octokit.defaults({
      baseUrl: addresses.api,
      userAgent: 'holdfast',
      log: { debug: silent, info: silent, warn: silent, error: silent },
      request: { fetch: apiFetch(addresses), signal },
      // The gate waits for limits, since octokit's waits cannot be cancelled; it keeps writes a second apart.
      throttle: { id: randomUUID(), onRateLimit: () => false, onSecondaryRateLimit: () => false },
      retry: { retryAfterBaseValue: retryMs, doNotRetry: [400, 401, 403, 404, 409, 410, 413, 422, 429, 451] },
    });
    const tokens = keeperOf(credential, nowMs, (appId, privateKey, installationId) => {
      const app = new App({
        appId,
        privateKey,
        Octokit: Ours,
        log: { debug: silent, info: silent, warn: silent, error: silent },
      });
      return (refresh) => app.octokit.auth({ type: 'installation', installationId, refresh });
    });
    return new GitHubClient(new Ours().request, tokens, addresses, options);
  }

  /** `path`: below the API's address, with its query, each part encoded. Null: it is as it was at `etag`. */
  async get(path: string, etag: string | null = null): Promise<Answer | null> {
    try {
      return await this.#patiently('GET', path, { headers: etag === null ? {} : { 'if-none-match': etag } });
    } catch (error) {
      if (error instanceof GitHubFailure && error.status === 304) return null;
      throw error;
    }
  }

  /** As `get`; there is always an answer. */
  async fetch(path: string): Promise<Answer> {
    return this.#patiently('GET', path, {});
  }

  /** Every page of a list, one after the other; the first is null where it is as it was at `etag`. */
  async *pages(path: string, etag: string | null = null): AsyncGenerator<Answer | null> {
    const first = `${path}${path.includes('?') ? '&' : '?'}per_page=${pageSize}`;
    let page = await this.get(first, etag);
    yield page;
    for (let count = 1, before = first; page !== null; count += 1) {
      const next = this.nextOf(page);
      if (next === null) return;
      if (next === before || count >= pagesAtMost) {
        throw new HoldfastError('GITHUB_ANSWER_INVALID', `The list ${path} does not end.`);
      }
      before = next;
      page = await this.fetch(next);
      yield page;
    }
  }

  /** The address of the page after this one; null for the last. */
  nextOf({ headers }: Answer): string | null {
    return /<([^<>]+)>;\s*rel="next"/.exec(headers['link'] ?? '')?.[1] ?? null;
  }

  /** At least a second after the one before. Is not tried again: it may have been done. */
  write(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, data: unknown = {}): Promise<Answer> {
    return this.#patiently(method, path, { data, request: { retries: 0 } });
  }

  /** Sends a file. `url`: below the address that takes uploads, or the whole of it. */
  async upload(url: string, file: string, contentType: string): Promise<Answer> {
    const data = await openAsBlob(file);
    const headers = { 'content-type': contentType };
    return this.#patiently('POST', new URL(url, `${this.addresses.uploads}/`).href, {
      data,
      headers,
      request: { retries: 0 },
    });
  }

  /** The content of a file, to be read while it comes; the caller bounds it. */
  async file(path: string): Promise<ReadableStream<Uint8Array>> {
    const { data } = await this.#patiently('GET', path, {
      headers: { accept: 'application/octet-stream' },
      request: { fetch: fileFetch(this.addresses), parseSuccessResponseBody: false },
    });
    if (data instanceof ReadableStream) return data as ReadableStream<Uint8Array>;
    throw new HoldfastError('GITHUB_ANSWER_INVALID', `What answers to ${path} is no file.`);
  }

  /** For Git; good for some minutes, so ask for each command. */
  async gitAccess(): Promise<GitAccess> {
    const secret = await this.#tokens.token();
    return { base: `${new URL(this.addresses.web).origin}/`, user: 'x-access-token', secret };
  }

  token(): Promise<string> {
    return this.#tokens.token();
  }

  /** What the last answer said of the token: its scopes, and when it expires. */
  get tokenHeaders(): Answer['headers'] {
    return this.#tokenHeaders;
  }

  async #patiently(
    method: string,
    url: string,
    options: { headers?: Record<string, string>; data?: unknown; request?: Record<string, unknown> },
  ): Promise<Answer> {
    for (let limitsMet = 0, renewed = false; ;) {
      await this.#gate.pass();
      const token = await this.#tokens.token();
      try {
        return await this.#once(method, url, token, options);
      } catch (error) {
        throwIfCancelled(this.signal);
        const refused = refusedIn(error);
        const pause = refused === null ? null : pauseFor(refused, limitsMet, this.#nowMs());
        if (pause !== null && limitsMet < limitsMetAtMost) {
          limitsMet += 1;
          this.#gate.close(pause);
        } else if (refused?.status === 401 && !renewed && (await this.#tokens.renew(token))) {
          renewed = true;
        } else if (pause !== null) {
          throw new GitHubFailure(
            'GITHUB_LIMITED',
            `GitHub refuses ${method} ${pathOf(url)} however long it is waited.`,
          );
        } else {
          throw failureOf(error, `${method} ${pathOf(url)}`, this.#tokens.secrets());
        }
      }
    }
  }

  async #once(
    method: string,
    url: string,
    token: string,
    {
      headers = {},
      data,
      request = {},
    }: { headers?: Record<string, string>; data?: unknown; request?: Record<string, unknown> },
  ): Promise<Answer> {
    const asked = this.#ask({
      method,
      url,
      headers: { 'x-github-api-version': '2022-11-28', ...headers, authorization: `token ${token}` },
      ...(data !== undefined && { data }),
      request: { ...request, signal: this.signal },
    });
    const answer = await unlessCancelled(asked, this.signal);
    const known = Object.entries(answer.headers).map(([name, value]) => [
      name,
      value === undefined ? undefined : String(value),
    ]);
    const answered = { ...answer, headers: Object.fromEntries(known) as Answer['headers'] };
    if (method === 'GET' && url.startsWith('/')) this.#tokenHeaders = answered.headers;
    return answered;
  }
}

function keeperOf(
  credential: GitHubCredential,
  nowMs: () => number,
  askerOf: (appId: number, privateKey: string, installationId: number) => (refresh: boolean) => Promise<unknown>,
): TokenKeeper {
  if (credential.kind === 'token') return plainToken(credential.token);
  const { appId, privateKey, installationId } = credential;
  return installationTokens(askerOf(appId, privateKey, installationId), privateKey, nowMs);
}

/** octokit's own waits go on when a run is cancelled; nobody waits for them. */
async function unlessCancelled<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  throwIfCancelled(signal);
  const cancelled = Promise.withResolvers<never>();
  const onAbort = (): void => cancelled.reject(new HoldfastError('CANCELLED', 'The run was cancelled.'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, cancelled.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function pathOf(url: string): string {
  const path = url.startsWith('/') ? url : URL.canParse(url) ? new URL(url).pathname : '';
  return path.split('?')[0] ?? '';
}
