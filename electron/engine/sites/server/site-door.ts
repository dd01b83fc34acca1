/** Who is let through to which repository, and what is written down of it. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { isLoopback, type Certificate } from '../../platform/certificate.ts';
import { siteCertificate, fingerprintOf } from './certificate.ts';
import { answerText, Refusal, type Exchange } from './exchange.ts';
import { Failures } from './failures.ts';
import { defaultSiteLimits, defaultSitePort, type SiteLimits, type SiteLog, type SiteServerOptions } from './limits.ts';
import { createSiteListener, listen } from './listener.ts';
import { parseTarget, type SiteTarget } from './rest-paths.ts';
import { pairingPath, servePairing } from './serve-pairing.ts';
import { serveRepository } from './serve-repository.ts';
import { leaseOf, serveLease } from './serve-lease.ts';
import type { SiteUserRow } from './site-file.ts';
import type { Leases } from './leases.ts';
import type { SiteRepository } from './site-repository.ts';
import type { SiteUsers } from './site-users.ts';

export type SiteDoorParts = {
  readonly home: string;
  readonly users: SiteUsers;
  readonly leases: Leases;
  readonly repositoryOf: (user: SiteUserRow) => SiteRepository;
  readonly log: SiteLog;
  readonly nowMs: () => number;
};

/** Where the site is served. */
export type SiteAddress = {
  readonly host: string;
  readonly port: number;
  /** SHA-256 of the certificate, 64 hexadecimal digits; null: without TLS. */
  readonly fingerprint: string | null;
  readonly sinceMs: number;
};

/** For answers under way when the engine ends. */
const lastAnswersMs = 3_000;
type Load = { requests: number; uploads: number };

export class SiteDoor {
  readonly address: SiteAddress;
  readonly #parts: SiteDoorParts;
  readonly #limits: SiteLimits;
  readonly #failures: Failures;
  readonly #server: Server;
  readonly #load = new Map<string, Load>();
  #underWay = 0;
  #closing = false;
  #idle: (() => void) | null = null;

  /** TLS_REQUIRED, TLS_UNUSABLE, LISTEN_FAILED. */
  static async open(parts: SiteDoorParts, options: SiteServerOptions): Promise<SiteDoor> {
    // The name may mean several addresses, and not all of them this machine's own.
    const host = options.host === 'localhost' ? '127.0.0.1' : options.host;
    if (options.tls === null && !isLoopback(host))
      throw new HoldfastError('TLS_REQUIRED', `${host} can be reached from other machines.`);
    const given = options.tls === 'own' ? null : options.tls;
    const certificate = options.tls === null ? null : await siteCertificate(parts.home, host, given);
    const limits = { ...defaultSiteLimits, ...options.limits };
    let door: SiteDoor | null = null;
    const server = createSiteListener(certificate, limits, (...exchange) => door?.take(...exchange));
    const port = await listen(server, host, options.port ?? defaultSitePort);
    door = new SiteDoor(parts, limits, server, { certificate, host, port });
    parts.log.info('The site is served.', { host, port });
    return door;
  }

  private constructor(
    parts: SiteDoorParts,
    limits: SiteLimits,
    server: Server,
    { certificate, host, port }: { certificate: Certificate | null; host: string; port: number },
  ) {
    this.#parts = parts;
    this.#limits = limits;
    this.#server = server;
    this.#failures = new Failures(limits.failuresPerMinute);
    const fingerprint = certificate === null ? null : fingerprintOf(certificate);
    this.address = { host, port, fingerprint, sinceMs: parts.nowMs() };
  }

  /** Answers one request; whatever it is, it gets an answer or its connection ends. */
  take(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const exchange: Exchange = { request, response, expectsContinue, received: 0, sent: 0 };
    const beganMs = performance.now();
    const address = request.socket.remoteAddress ?? 'unknown';
    let user: string | null = null;
    this.#underWay += 1;
    response.once('close', () => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#idle?.();
      this.#note(exchange, user, address, performance.now() - beganMs);
    });
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'no-store');
    void this.#answer(exchange, address, (name) => (user = name)).catch((error: unknown) =>
      this.#refuse(exchange, error),
    );
  }

  /** Takes nothing new, waits a moment for what is under way, and cuts the rest. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const idle = this.#underWay === 0 ? null : new Promise<void>((resolve) => (this.#idle = resolve));
    const late = setTimeout(() => this.#server.closeAllConnections(), lastAnswersMs);
    await idle;
    this.#server.closeAllConnections();
    await closed;
    clearTimeout(late);
  }

  async #answer(exchange: Exchange, address: string, isBy: (user: string) => void): Promise<void> {
    const { request } = exchange;
    if (this.#closing) throw new Refusal(503, 'The server is about to end.');
    // No program that backs up sends these: a page in a browser wants in with what that browser knows.
    if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined)
      throw new Refusal(403, 'Pages of browsers get nothing here.');
    const limits = this.#limits;
    const { users } = this.#parts;
    if (request.url === pairingPath) {
      isBy(await servePairing(exchange, { users, failures: this.#failures, address, limits }));
      return;
    }
    const lease = leaseOf(request.url);
    if (lease !== null) {
      const { leases } = this.#parts;
      const parts = { leases, failures: this.#failures, address, limits, signedIn: signedIn(request) };
      await serveLease(exchange, lease, parts);
      return;
    }
    const user = await this.#identify(exchange, address);
    isBy(user.name);
    const target = parseTarget(request.url ?? '');
    if (target === null || target.user !== user.name) throw new Refusal(404, 'There is nothing at that address.');
    if (isWrite(request, target)) await this.#refuseLate(user);
    const leave = this.#enter(user.name, request.method === 'POST');
    try {
      const repository = this.#parts.repositoryOf(user);
      await serveRepository(exchange, target, { user, repository, limits });
    } finally {
      leave();
    }
  }

  /** Whose lease another one has writes here no more, however late it comes. */
  async #refuseLate({ lease }: SiteUserRow): Promise<void> {
    if (lease === null) return;
    const holder = await this.#parts.leases.holderOf(lease.name);
    if (holder !== null && holder !== lease.holder)
      throw new Refusal(403, `${holder} has the lease ${lease.name} now, and ${lease.holder} writes here no more.`);
  }

  async #identify({ request, response }: Exchange, address: string): Promise<SiteUserRow> {
    const given = signedIn(request);
    const user = given === null ? null : await this.#parts.users.identify(given.name, given.password);
    if (user !== null) return user;
    if (request.headers.authorization?.startsWith('Basic ') === true) this.#failures.note(address);
    if (this.#failures.areTooMany(address)) throw new Refusal(429, 'Too many passwords were tried. Wait a minute.');
    response.setHeader('www-authenticate', 'Basic realm="Holdfast site"');
    throw new Refusal(401, 'User and password are not right.');
  }

  /** Whoever gets in calls what it returns at the end. */
  #enter(user: string, isUpload: boolean): () => void {
    const load = this.#load.get(user) ?? { requests: 0, uploads: 0 };
    this.#load.set(user, load);
    if (load.requests >= this.#limits.requestsPerUser || (isUpload && load.uploads >= this.#limits.uploadsPerUser))
      throw new Refusal(503, 'This user has as many requests under way as one may have.');
    load.requests += 1;
    if (isUpload) load.uploads += 1;
    return () => {
      load.requests -= 1;
      if (isUpload) load.uploads -= 1;
      if (load.requests === 0) this.#load.delete(user);
    };
  }

  #refuse(exchange: Exchange, error: unknown): void {
    const { response, request } = exchange;
    const refusal = refusalOf(error);
    if (refusal.status === 500 && !request.destroyed)
      this.#parts.log.warn('A request failed.', { path: shortPath(request), reason: refusal.message });
    // An answer that has begun cannot be taken back: it is cut off, so that nobody takes it for whole.
    if (response.headersSent || request.socket.destroyed) return void request.socket.destroy();
    answerText(exchange, refusal.status, refusal.status === 500 ? 'It could not be done.' : refusal.message);
  }

  #note({ request, response, received, sent }: Exchange, user: string | null, address: string, tookMs: number): void {
    const status = response.headersSent ? response.statusCode : null;
    const isRefused = status === null || (status >= 400 && status !== 404);
    const facts = { user, address, method: request.method, path: shortPath(request), status, received, sent };
    const line = { ...facts, tookMs: Math.round(tookMs) };
    if (isRefused) this.#parts.log.warn('A request was refused.', line);
    else this.#parts.log.info('A request was answered.', line);
    if (user === null) return;
    const use = { requests: 1, refused: isRefused ? 1 : 0, receivedBytes: received, sentBytes: sent, address };
    this.#parts.users.used(user, use);
  }
}

/** Who a request says that it is from; null: nobody that can be understood. */
function signedIn({ headers }: IncomingMessage): { readonly name: string; readonly password: string } | null {
  const given = /^Basic +([A-Za-z0-9+/]{1,400}={0,2})$/i.exec(headers.authorization ?? '')?.[1];
  const [, name, password] = /^([^:]*):([^]*)$/.exec(Buffer.from(given ?? '', 'base64').toString('utf8')) ?? [];
  return name === undefined || password === undefined ? null : { name, password };
}

/** Also who only reads has locks. */
function isWrite({ method }: IncomingMessage, target: SiteTarget): boolean {
  if (method !== 'POST' && method !== 'DELETE') return false;
  return target.kind !== 'file' || target.handle.type !== 'locks';
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Refusal(507, 'The disk of the server is full.');
  return new Refusal(500, error instanceof Error ? error.message : String(error));
}

/** For the log: what a stranger sent is cut short, and a query has no place in it. */
function shortPath({ url }: IncomingMessage): string {
  return (url ?? '').split('?')[0]?.slice(0, 200) ?? '';
}
