/** An engine that serves the console over real HTTP, in a temporary home, for the length of a test. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { openEngine, serveEngine, type ContractClient } from '../../electron/engine/engine.ts';
import type { DoorLog, HttpLimits } from '../../electron/engine/api/http/options.ts';
import { quickSecrets } from './quick-keys.ts';
import { proofHeader } from '../../shared/model/console-proof.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import type { Role } from '../../shared/model/roles.ts';

export type Asked = {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** JSON, unless it is text already. */
  readonly body?: unknown;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  json(): unknown;
};

export type SignedIn = { readonly cookie: string; readonly [proofHeader]: string };

export type LogLine = {
  readonly level: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly text: string;
};

export type HttpEngine = AsyncDisposable & {
  readonly home: string;
  readonly origin: string;
  readonly log: readonly LogLine[];
  /** Past the console, as the account itself. */
  client(tenant?: string): Promise<ContractClient>;
  token(role: Role, tenant?: string): Promise<string>;
  newLink(): string;
  ask(path: string, asked?: Asked): Promise<Answer>;
  /** With the token. */
  bearer(token: string): { authorization: string };
  /** Opens a link as a browser does; the headers by which it is known from then on. */
  signIn(): Promise<SignedIn>;
  /** The contract over /rpc. */
  rpc(headers: Readonly<Record<string, string>>): ContractClient;
  stop(): Promise<void>;
  restart(): Promise<void>;
};

export type HttpEngineOptions = {
  readonly limits?: Partial<HttpLimits>;
  readonly host?: string;
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Names and contents of the built console; none: it was not built. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether secrets outlive the engine, in a sealed file. */
  readonly keepsSecrets?: boolean;
  /** The time of day for everything; this machine's without it. */
  readonly takenAtMs?: () => number;
};

const version = 'test';

export async function makeHttpEngine(options: HttpEngineOptions = {}): Promise<HttpEngine> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-http-'));
  const home = join(root, 'home');
  const rendererFolder = join(root, 'out', 'renderer');
  for (const [name, content] of Object.entries(options.files ?? {})) {
    await mkdir(join(rendererFolder, name, '..'), { recursive: true });
    await writeFile(join(rendererFolder, name), content);
  }
  const log: LogLine[] = [];
  const write =
    (level: string): DoorLog['info'] =>
    (facts, text) =>
      void log.push({ level, facts, text });
  const http = {
    host: options.host ?? '127.0.0.1',
    port: null,
    tls: options.tls ?? null,
    rendererFolder,
    log: { info: write('info'), warn: write('warn') },
    ...(options.limits !== undefined && { limits: options.limits }),
  };
  const engineOptions = (tenant: string) => ({
    home,
    caller: { tenant, actor: 'test' },
    version,
    onNotice: () => undefined,
  });
  const start = () =>
    serveEngine({
      ...engineOptions('default'),
      http,
      ...(options.keepsSecrets === true && { secrets: quickSecrets(home) }),
      ...(options.takenAtMs !== undefined && { takenAtMs: options.takenAtMs }),
    });
  let served = await start().catch(async (error: unknown) => {
    await rm(root, { recursive: true });
    throw error;
  });
  const clients: { close(): Promise<void> }[] = [];
  const originNow = (): string => served.console?.origin ?? '';
  const ask = (path: string, asked: Asked = {}): Promise<Answer> => askAt(originNow(), path, asked);
  const engine: HttpEngine = {
    home,
    get origin() {
      return originNow();
    },
    log,
    client: async (tenant = 'default') => {
      if (tenant !== 'default') await addedTenant(await engine.client(), tenant);
      const opened = await openEngine(engineOptions(tenant));
      clients.push(opened);
      return opened.client;
    },
    token: async (role, tenant) => {
      const client = await engine.client(tenant);
      return (await client.tokens.create({ name: `token ${Math.random()}`, role })).secret;
    },
    newLink: () => served.console?.newLink().url ?? '',
    ask,
    bearer: (token) => ({ authorization: `Bearer ${token}` }),
    signIn: async () => {
      const secret = new URL(engine.newLink()).hash.slice(1);
      const answer = await ask('/login', { method: 'POST', headers: { origin: originNow() }, body: { secret } });
      if (answer.status !== 200) throw new Error(`not signed in: ${answer.text}`);
      return signedInBy(answer);
    },
    rpc: (headers) =>
      createORPCClient<ContractClient>(new RPCLink({ url: `${originNow()}/rpc`, headers: () => ({ ...headers }) })),
    stop: () => served.close(),
    restart: async () => {
      await served.close();
      served = await start();
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) await client.close();
      await served.close();
      await rm(root, { recursive: true, force: true });
    },
  };
  return engine;
}

async function addedTenant(owner: ContractClient, tenant: string): Promise<void> {
  await owner.tenants.add({ tenant }).catch((error: unknown) => {
    if (!(error instanceof HoldfastError && error.code === 'TENANT_EXISTS')) throw error;
  });
}

export function signedInBy(answer: Answer): SignedIn {
  const { proof } = answer.json() as { proof: string };
  return { cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '', [proofHeader]: proof };
}

/** One request on a connection of its own, with exactly these headers besides Host. */
export function askAt(
  origin: string,
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Answer> {
  const url = new URL(origin);
  const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const type =
    content === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) };
  const options = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    // As it is, with whatever dots are in it.
    path,
    method,
    headers: { ...type, ...headers },
    agent: false as const,
    rejectUnauthorized: false,
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: () => JSON.parse(text) as unknown,
        }),
      );
    });
    request.once('error', reject);
    request.end(content);
  });
}
