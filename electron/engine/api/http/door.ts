/** The HTTP door: the console for browsers and the API for programs, for as long as this engine owns the home. */
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Calling, ConsoleDoor } from '../context.ts';
import { originOf, type DoorAddress } from './address.ts';
import { buildApp, type App } from './app.ts';
import { Bearers } from './bearers.ts';
import { OneTimeLinks } from './links.ts';
import { Idempotency } from './idempotency.ts';
import { listenAt, consoleCertificate } from './listen.ts';
import { LiveCalls, sessionKey, tokenKey, type Dispatch } from './live-calls.ts';
import { defaultLimits, silentLog, type HttpOptions } from './options.ts';
import { RequestRates } from './rates.ts';
import { Sessions, type SessionView } from './sessions.ts';

export type HttpDoorOptions = {
  readonly home: string;
  readonly version: string;
  readonly catalog: Catalog;
  readonly dispatch: Dispatch;
  readonly http: HttpOptions;
  /** How many requests one session or token may make; 0: as many as it likes. */
  readonly perMinute: () => Promise<number>;
};

export class HttpDoor implements ConsoleDoor {
  readonly #app: App;
  readonly #links: OneTimeLinks;
  readonly #calls: LiveCalls;
  readonly #sessions: Sessions;
  readonly #address: DoorAddress;

  /** TLS_REQUIRED, TLS_UNUSABLE, LISTEN_FAILED. */
  static async open({ home, version, catalog, dispatch, http, perMinute }: HttpDoorOptions): Promise<HttpDoor> {
    const certificate = await consoleCertificate(http);
    const log = http.log ?? silentLog;
    const limits = { ...defaultLimits, ...http.limits };
    const links = new OneTimeLinks();
    const sessions = await Sessions.open(home, log);
    const calls = new LiveCalls(dispatch, limits);
    const scheme = certificate === null ? 'http' : 'https';
    // The name may mean several addresses, and not all of them this machine's own.
    const host = http.host === 'localhost' ? '127.0.0.1' : http.host;
    let address: DoorAddress = { scheme, host, port: 0, certificate: certificate?.parsed ?? null };
    const app = await buildApp({
      address: () => address,
      certificate,
      bearers: new Bearers(catalog),
      sessions,
      links,
      calls,
      rates: new RequestRates({ perMinute }),
      idempotency: new Idempotency(catalog),
      limits,
      log,
      version,
      rendererFolder: http.rendererFolder ?? builtConsole(),
    });
    const port = await listenAt((wanted) => app.listen(host, wanted), home, { ...http, host });
    address = { ...address, port };
    log.info({ origin: originOf(address) }, 'The console is served.');
    return new HttpDoor({ app, links, calls, sessions, address });
  }

  private constructor(parts: {
    app: App;
    links: OneTimeLinks;
    calls: LiveCalls;
    sessions: Sessions;
    address: DoorAddress;
  }) {
    this.#app = parts.app;
    this.#links = parts.links;
    this.#calls = parts.calls;
    this.#sessions = parts.sessions;
    this.#address = parts.address;
  }

  get origin(): string {
    return originOf(this.#address);
  }

  newLink(calling: Calling): { readonly url: string; readonly expiresAtMs: number } {
    const { secret, expiresAtMs } = this.#links.make(calling);
    return { url: `${this.origin}/login#${secret}`, expiresAtMs };
  }

  sessions(tenant: string): SessionView[] {
    return this.#sessions.list(tenant);
  }

  async revokeSession(tenant: string, id: string): Promise<SessionView | null> {
    const revoked = await this.#sessions.revoke(tenant, id);
    if (revoked !== null) this.#calls.cancelOf(sessionKey(id), putOut());
    return revoked;
  }

  dropLinks(tenant: string): void {
    this.#links.dropAll(tenant);
  }

  tokenRevoked(id: string): void {
    this.#calls.cancelOf(tokenKey(id), putOut());
  }

  async endTenant(tenant: string, reason: HoldfastError): Promise<void> {
    this.#links.dropAll(tenant);
    await this.#sessions.endOf(tenant);
    this.#calls.cancelOfTenant(tenant, reason);
  }

  /** From now on requests are told that the engine ends. */
  refuseCalls(): void {
    this.#calls.refuse();
  }

  cancelCalls(reason: HoldfastError): void {
    this.#calls.cancel(reason);
  }

  async whenIdle(): Promise<void> {
    await this.#calls.whenIdle();
  }

  /** Cuts whoever is left. */
  async close(): Promise<void> {
    this.#calls.refuse();
    await this.#app.close();
    await this.#sessions.close();
  }
}

function putOut(): HoldfastError {
  return new HoldfastError('NOT_SIGNED_IN', 'Whoever asked was put out meanwhile.');
}

/** Below the program, where it is packed and in a checkout; what a checkout has built into `out/app` has it beside itself. */
function builtConsole(): string {
  const program = fileURLToPath(new URL('../../../../', import.meta.url));
  // Nothing else that lies above the program is served.
  const isBuilt = basename(program) === 'app' && basename(dirname(program)) === 'out';
  return isBuilt ? join(dirname(program), 'renderer') : join(program, 'out', 'renderer');
}
