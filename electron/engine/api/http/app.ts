/** Every address of the door, and who is let through to it. */
import { createHmac } from 'node:crypto';
import { STATUS_CODES, type Server } from 'node:http';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import { unlazyRouter } from '@orpc/server';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HoldfastError, innermostError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { engineRouter } from '../router.ts';
import { metricsMediaType, metricsText, type Metric } from '../../../../shared/model/metrics.ts';
import { proofHeader, tenantHeader } from '../../../../shared/model/console-proof.ts';
import { tenantIdPattern } from '../../../../shared/model/tenants.ts';
import { originOf, type DoorAddress } from './address.ts';
import type { Bearers } from './bearers.ts';
import { isBusy, restBody, rpcBody, statusOf } from './failure.ts';
import { isFromOwnPage, refusalOf } from './guard.ts';
import { securityHeaders } from './headers.ts';
import type { Idempotency } from './idempotency.ts';
import type { OneTimeLinks } from './links.ts';
import type { Certificate } from '../../platform/certificate.ts';
import { sessionKey, tokenKey, type Client, type LiveCalls } from './live-calls.ts';
import type { DoorLog, HttpLimits } from './options.ts';
import { servePages } from './pages.ts';
import type { RequestRates } from './rates.ts';
import { restHandler, restPrefix } from './rest.ts';
import { rpcHandler, rpcPrefix } from './rpc.ts';
import { answerBrokenRequest, createHttpServer } from './server.ts';
import { absoluteMs, type Sessions } from './sessions.ts';

export type AppParts = {
  /** Known once it listens. */
  readonly address: () => DoorAddress;
  readonly certificate: Certificate | null;
  readonly bearers: Bearers;
  readonly sessions: Sessions;
  readonly links: OneTimeLinks;
  readonly calls: LiveCalls;
  readonly rates: RequestRates;
  readonly idempotency: Idempotency;
  readonly limits: HttpLimits;
  readonly log: DoorLog;
  readonly version: string;
  readonly rendererFolder: string;
};

export interface App {
  /** The port it listens at. */
  listen(host: string, port: number): Promise<number>;
  close(): Promise<void>;
}

const signInSchema = z.object({ secret: z.string().min(1).max(200) });
const minuteMs = 60_000;
const pluginsMs = 3 * minuteMs;

export async function buildApp(parts: AppParts): Promise<App> {
  const { certificate, limits, sessions } = parts;
  let server: Server | null = null;
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: true,
    // All that calls need is loaded then, which takes its time on a busy machine.
    pluginTimeout: pluginsMs,
    serverFactory: (listener) => (server = createHttpServer(listener, certificate, limits)),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      void sendFailure(parts, error, request, reply);
    },
  });
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error: FastifyError, request, reply) => sendFailure(parts, error, request, reply));
  app.addHook('onRequest', async (request, reply) => admit(parts, request, reply));
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  serveSignIn(app, parts);
  await app.register((scope) => serveCalls(scope, parts));
  await servePages(app, {
    folder: parts.rendererFolder,
    // The page itself says nothing; what it asks for is answered with the proof alone.
    isSignedIn: (request) => sessions.isKnown(cookieOf(parts, request) ?? ''),
  });
  return {
    listen: async (host, port) => {
      await app.listen({ host, port });
      const bound = server?.address();
      return typeof bound === 'object' && bound !== null ? bound.port : port;
    },
    close: () => app.close(),
  };
}

async function admit({ address, calls, log }: AppParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers(securityHeaders);
  if (calls.refuses) {
    reply.header('connection', 'close');
    throw new HoldfastError('ENGINE_STOPPED', 'The engine is about to end.');
  }
  const isPage = !request.url.startsWith(restPrefix) && !request.url.startsWith(rpcPrefix);
  const refusal = refusalOf({ method: request.method, headers: request.headers, isPage }, address());
  if (refusal === null) return;
  log.warn(factsOf(request), 'A request was refused: foreign name or foreign page.');
  throw new HoldfastError('REQUEST_REFUSED', refusal);
}

/** A browser trades the secret of a link for a cookie and a proof, and gives both back. */
function serveSignIn(app: FastifyInstance, parts: AppParts): void {
  const { sessions, links, log, limits } = parts;
  const tooMany = (): Error => new HoldfastError('TOO_MANY_REQUESTS', 'Too many links were tried.');
  const limited = { rateLimit: { max: limits.signInsPerMinute, timeWindow: minuteMs, errorResponseBuilder: tooMany } };
  app.post('/login', { config: limited }, async (request, reply) => {
    if (!isFromOwnPage(request)) throw new HoldfastError('REQUEST_REFUSED', 'It names no page that it comes from.');
    const asked = signInSchema.safeParse(request.body);
    const calling = asked.success ? links.redeem(asked.data.secret) : null;
    if (calling === null) {
      log.warn(factsOf(request), 'A link that is used, too old or unknown was tried.');
      throw new HoldfastError('LINK_INVALID', 'The link does not open the console any more.');
    }
    const before = cookieOf(parts, request);
    if (before !== null) await sessions.end(before);
    const from = { address: request.ip, agent: request.headers['user-agent'] };
    const { secret, proof } = await sessions.begin(calling, from);
    setCookie(parts, reply, secret);
    log.info({ ...factsOf(request), actor: calling.caller.actor }, 'A browser was signed in.');
    return reply.send({ proof });
  });
  app.post('/logout', async (request, reply) => {
    if (!isFromOwnPage(request)) throw new HoldfastError('REQUEST_REFUSED', 'It names no page that it comes from.');
    const secret = cookieOf(parts, request);
    if (secret !== null && sessionOf(parts, request) !== null) await sessions.end(secret);
    reply.clearCookie(cookieName(parts), cookieAttributes(parts));
    return reply.code(204).send();
  });
}

async function serveCalls(scope: FastifyInstance, parts: AppParts): Promise<void> {
  // Addresses are given to calls, and so to all of them: an engine that serves HTTP stays, and loads all once.
  const rest = restHandler(await unlazyRouter(engineRouter), parts);
  const rpc = rpcHandler(engineRouter, parts.calls);
  const clients = new WeakMap<FastifyRequest, Client>();
  const clientOf = (request: FastifyRequest): Client => {
    const client = clients.get(request);
    if (client === undefined) throw new HoldfastError('NOT_SIGNED_IN', 'Nobody is signed in.');
    return client;
  };
  // Before the body is read: who is not let in is not listened to.
  scope.addHook('onRequest', async (request, reply) => {
    parts.calls.expect(reply.raw);
    const client = await identify(parts, request);
    const waitMs = await parts.rates.take(client.key);
    if (waitMs !== null) {
      reply.header('retry-after', String(Math.ceil(waitMs / 1000)));
      throw new HoldfastError('TOO_MANY_REQUESTS', 'This session or token asks more often than it may.');
    }
    clients.set(request, client);
  });
  scope.get(`${restPrefix}/openapi.json`, async () => {
    // What makes it is loaded where somebody reads it.
    const { openApiOf } = await import('./open-api.ts');
    return openApiOf(parts.version, originOf(parts.address()));
  });
  scope.get('/metrics', async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const reader = { gone: gone.signal, failure: toHoldfastError };
    const answer = await parts.calls.run(clientOf(request), ['engine', 'metrics'], {}, reader);
    return reply.type(metricsMediaType).send(metricsText((answer as { metrics: Metric[] }).metrics));
  });
  scope.all(`${restPrefix}/*`, async (request, reply) => {
    const context = {
      client: clientOf(request),
      isGet: request.method === 'GET',
      key: headerOf(request, 'idempotency-key'),
      after: headerOf(request, 'last-event-id'),
      say: (header: string, value: string) => void reply.header(header, value),
    };
    const { matched } = await rest.handle(request, reply, { prefix: restPrefix, context });
    if (!matched) throw new HoldfastError('ADDRESS_NOT_FOUND', 'There is no call at that address.');
  });
  scope.all(`${rpcPrefix}/*`, async (request, reply) => {
    const context = { client: clientOf(request) };
    const { matched } = await rpc.handle(request, reply, { prefix: rpcPrefix, context });
    if (!matched) throw new HoldfastError('ADDRESS_NOT_FOUND', 'There is no such call.');
  });
}

/** NOT_SIGNED_IN, REQUEST_REFUSED. */
async function identify(parts: AppParts, request: FastifyRequest): Promise<Client> {
  const { authorization } = request.headers;
  const actsFor = tenantOf(request);
  if (authorization !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    const found = token === undefined ? null : await parts.bearers.use(token);
    if (found !== null && token !== undefined)
      return { calling: found.calling, key: tokenKey(found.id), proof: proofOf(token), actsFor };
    parts.log.warn(factsOf(request), 'A token that is unknown, revoked or expired was tried.');
    throw new HoldfastError('NOT_SIGNED_IN', 'The API token is not valid (any more).');
  }
  const session = sessionOf(parts, request);
  if (session === null) throw new HoldfastError('NOT_SIGNED_IN', 'Nobody is signed in (any more).');
  if (isFromOwnPage(request)) {
    const calling = { ...session.calling, session: session.id };
    return { calling, key: sessionKey(session.id), proof: proofOf(cookieOf(parts, request) ?? ''), actsFor };
  }
  parts.log.warn(factsOf(request), 'A request with a cookie and without an origin was refused.');
  throw new HoldfastError('REQUEST_REFUSED', 'It names no page that it comes from.');
}

function headerOf({ headers }: FastifyRequest, name: string): string | null {
  const given = headers[name];
  return typeof given === 'string' ? given : null;
}

function proofOf(secret: string): Buffer {
  return createHmac('sha256', secret).update('idempotency').digest();
}

/** Whether it may be said is decided where calls are. REQUEST_INVALID. */
function tenantOf({ headers }: FastifyRequest): string | null {
  const given = headers[tenantHeader];
  if (given === undefined || given === '') return null;
  if (typeof given === 'string' && tenantIdPattern.test(given)) return given;
  throw new HoldfastError('REQUEST_INVALID', `The header ${tenantHeader} names no tenant.`);
}

function sessionOf(parts: AppParts, request: FastifyRequest): ReturnType<Sessions['use']> {
  const secret = cookieOf(parts, request);
  const proof = request.headers[proofHeader];
  return secret === null || typeof proof !== 'string' ? null : parts.sessions.use(secret, proof);
}

function cookieOf(parts: AppParts, request: FastifyRequest): string | null {
  return request.cookies[cookieName(parts)] ?? null;
}

function setCookie(parts: AppParts, reply: FastifyReply, secret: string): void {
  reply.setCookie(cookieName(parts), secret, { ...cookieAttributes(parts), maxAge: absoluteMs / 1000 });
}

/** Browsers keep cookies by host, not by port: engines of several homes would take each other's. */
function cookieName({ address }: AppParts): string {
  const { scheme, port } = address();
  return scheme === 'https' ? `__Host-holdfast-${port}` : `holdfast-${port}`;
}

function cookieAttributes({ address }: AppParts) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: address().scheme === 'https' } as const;
}

function sendFailure({ log }: AppParts, error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = understood(error);
  if (failure.code === 'INTERNAL') log.warn({ ...factsOf(request), reason: failure.message }, 'A request failed.');
  if (isBusy(failure.code)) reply.header('retry-after', '1');
  if (failure.code === 'NOT_SIGNED_IN') reply.header('www-authenticate', 'Bearer');
  const isRpc = request.url.startsWith(`${rpcPrefix}/`);
  return reply
    .headers(securityHeaders)
    .code(statusFor(failure, error))
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(isRpc ? rpcBody(failure) : restBody(failure)));
}

function understood(error: Error): HoldfastError {
  const inner = innermostError(error);
  if (inner instanceof HoldfastError) return inner;
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status === 413) return new HoldfastError('REQUEST_TOO_LARGE', 'The request is too large.', { cause: error });
  const message = `The request cannot be read: ${STATUS_CODES[status] ?? 'it is malformed'}.`;
  if (status < 500) return new HoldfastError('REQUEST_INVALID', message, { cause: error });
  return new HoldfastError('INTERNAL', 'The request could not be answered.', { cause: error });
}

/** What Fastify says of a request it could not read is more exact than our code. */
function statusFor({ code }: HoldfastError, error: Error): number {
  const given = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null;
  return code === 'REQUEST_INVALID' && given !== null && given >= 400 && given < 500 ? given : statusOf(code);
}

/** For the log. What a stranger sent is cut short. */
function factsOf({ ip, method, url, headers }: FastifyRequest): Readonly<Record<string, unknown>> {
  const short = (text: string | undefined): string | null => text?.slice(0, 200) ?? null;
  // A query may hold anything, and has no place in a log.
  return { ip, method, path: short(url.split('?')[0]), host: short(headers.host), origin: short(headers.origin) };
}
