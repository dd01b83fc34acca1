/** The engine in this process: it owns the home, runs the contract's handlers, and serves them on the socket. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRouterClient } from '@orpc/server';
import type { Caller } from '../../../shared/contract/common.ts';
import type { AuditRecord } from '../../../shared/model/evidence.ts';
import { HoldfastError, innermostError, toHoldfastError } from '../../../shared/model/errors.ts';
import type { HomeLock } from '../platform/home-lock.ts';
import type { ConsoleDoor } from './context.ts';
import { audited } from './evidence/auditor.ts';
import { endKeeping } from './evidence/keep-evidence.ts';
import type { EngineDoor } from './engine-link.ts';
import type { HttpDoor } from './http/door.ts';
import type { HttpOptions } from './http/options.ts';
import { engineRouter, loadRouter } from './router.ts';
import type { SiteAddress } from '../sites/server/site-door.ts';
import { admit, asAdmin, asOwner, refuseForeignPlace, type Came } from './admission.ts';
import { EngineParts, type EngineOptions, type StandingParts } from './engine-parts.ts';
import { requestsPerMinute } from './home-settings.ts';
import { proceduresOf, type Procedure } from './procedures.ts';
import { SocketDoor } from './socket/door.ts';
import type { EngineKind } from './socket/protocol.ts';

/** A wait shorter than this is not worth a word. */
const noticeableMs = 1_000;
/** For a configuration that is being saved while the engine ends. */
const lastSavesMs = 15_000;
/** For clients of an engine that ends, to take the answers to what was stopped. */
const lastAnswersMs = 3_000;
/** What a call meets in a repository that does not answer any more: time to look. */
const goneCodes: ReadonlySet<string> = new Set(['STORED_FILE_MISSING', 'NOT_A_REPOSITORY', 'REPOSITORY_UNREACHABLE']);
const commandDoor = 'command line';

export class OwnEngine implements EngineDoor {
  readonly #lock: HomeLock;
  readonly #kind: EngineKind;
  readonly #options: EngineOptions;
  readonly #parts: EngineParts;
  readonly #procedures: ReadonlyMap<string, Procedure>;
  #door: SocketDoor | null = null;
  #http: HttpDoor | null = null;
  #closed: Promise<void> | null = null;

  /** Owns the lock from now on, also when it fails. */
  static async open(lock: HomeLock, kind: EngineKind, options: EngineOptions): Promise<OwnEngine> {
    try {
      const engine = new OwnEngine(lock, kind, options, kind === 'serve' ? await loadStandingParts() : null);
      await engine.#serve();
      if (options.http !== undefined)
        await engine.#serveHttp(options.http).catch((error: unknown) => engine.#giveUp(error));
      if (options.site !== undefined)
        await engine.#parts.siteServer.serve(options.site).catch((error: unknown) => engine.#giveUp(error));
      engine.#parts.life.begin();
      await engine.#keepLease();
      engine.#parts.work?.start();
      return engine;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(lock: HomeLock, kind: EngineKind, options: EngineOptions, standing: StandingParts | null) {
    this.#lock = lock;
    this.#kind = kind;
    this.#options = options;
    this.#parts = new EngineParts(options, standing, (caller, run) => this.#workOn(caller, run));
    this.#procedures = proceduresOf(createRouterClient(engineRouter, { context: this.#parts.contextOf }));
  }

  call(path: readonly string[], input: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const { caller } = this.#options;
    return this.#call({ ...asOwner(caller), door: this.#ownDoor }, path, input, signal);
  }

  /** As `call`, for a tenant that a page of this process has chosen; null: none. */
  callFor(
    actsFor: string | null,
    path: readonly string[],
    input: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const { calling } = asOwner(this.#options.caller);
    return this.#call({ calling, actsFor, door: this.#ownDoor }, path, input, signal);
  }

  get #ownDoor(): string {
    return this.#options.caller.actor.startsWith('desktop:') ? 'desktop' : commandDoor;
  }

  /**
   * Ends in order. An engine that stays stops what others run in it; one of a command waits for them, because they have
   * nowhere else to go on.
   */
  async close(): Promise<void> {
    this.#closed ??= this.#shut();
    return this.#closed;
  }

  get socket(): string {
    return this.#door?.path ?? '';
  }

  /** Looks at once which repositories answer. */
  resumed(): void {
    if (this.#kind !== 'serve' || this.#closed !== null) return;
    this.#parts.live.look();
    this.#parts.alerts.woke();
    this.#parts.peers.hurry();
    this.#parts.lease.hurry();
    this.#parts.work?.look();
  }

  /** What is due and waited may begin now, and what runs may take another share of the machine. */
  conditionsChanged(): void {
    if (this.#closed !== null) return;
    this.#parts.work?.conditionsChanged();
    void this.#parts.impact.look();
  }

  /** Where others push to; null where this home is not served as a site. */
  get site(): SiteAddress | null {
    return this.#parts.siteServer.address;
  }

  /** Where browsers reach this engine, and a link that signs one in once; null where it serves none. */
  get console(): { readonly origin: string; newLink(): ReturnType<ConsoleDoor['newLink']> } | null {
    const door = this.#http;
    if (door === null) return null;
    return { origin: door.origin, newLink: () => door.newLink(asAdmin(this.#options.caller)) };
  }

  /** What cannot be read keeps this console from protecting, and its engine from nothing else. */
  async #keepLease(): Promise<void> {
    if (this.#kind !== 'serve') return;
    await this.#parts.lease
      .start()
      .catch((error: unknown) => this.#parts.life.log.error('Automatic failover cannot be read.', { error }));
  }

  /** As if an operator had started the run; resolves when it has ended. */
  async #workOn(caller: Caller, run: string): Promise<void> {
    const input = { run, repository: null, aws: null };
    const events = await this.#call(
      { calling: asAdmin(caller), door: 'schedule' },
      ['restoreRuns', 'start'],
      input,
      undefined,
    );
    const steps = (events as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    while ((await steps.next()).done !== true);
  }

  async #giveUp(error: unknown): Promise<never> {
    await this.close();
    throw error;
  }

  async #shut(): Promise<void> {
    const door = this.#door;
    const http = this.#http;
    this.#parts.live.close();
    const reportsClosed = this.#parts.work?.close();
    this.#parts.peers.close();
    this.#parts.lease.close();
    this.#parts.sync.close();
    const reason = new HoldfastError('ENGINE_STOPPED', 'The engine was told to end.');
    const siteClosed = this.#parts.siteServer.close();
    if (door !== null) {
      door.refuseCalls();
      http?.refuseCalls();
      if (this.#kind === 'serve') {
        door.cancelCalls(reason);
        http?.cancelCalls(reason);
        await this.#parts.jobs.stop(reason);
        // A client that takes no answers, stopped by Ctrl-Z perhaps, is cut off.
        const idle = Promise.all([door.whenIdle(), http?.whenIdle()]);
        await Promise.race([idle, sleep(lastAnswersMs, undefined, { ref: false })]);
      } else {
        await this.#waitForOthers(door);
      }
    }
    try {
      await siteClosed;
      await reportsClosed;
      this.#parts.siteLog.close();
      await this.#parts.alerts.close();
      await http?.close();
      await this.#parts.jobs.stop(reason);
      await this.#parts.jobBook.write();
      await endKeeping(this.#parts.evidence, lastSavesMs);
      await this.#parts.browsers.close();
      await this.#parts.readThrough.close();
      await this.#parts.evidence.close();
      await this.#parts.catalog.close();
    } finally {
      door?.close(reason);
      this.#parts.life.end();
      this.#lock.release();
    }
  }

  async #waitForOthers(door: SocketDoor): Promise<void> {
    const tell = (): void => this.#options.onNotice(waitingWords(door.calls));
    const timer = setTimeout(tell, noticeableMs);
    await door.whenIdle();
    clearTimeout(timer);
  }

  async #serve(): Promise<void> {
    const { home, version } = this.#options;
    if (this.#kind === 'serve') this.#parts.live.start();
    try {
      this.#door = await SocketDoor.open({
        home,
        kind: this.#kind,
        version,
        // Whoever may use the socket is the account that owns the home.
        procedures: (caller, path, input, signal) =>
          this.#call({ ...asOwner(caller), door: commandDoor }, path, input, signal),
        isWorking: () => this.#parts.jobs.isWorking,
      });
    } catch (error) {
      if (this.#kind === 'serve') throw error;
      // A full disk, or one that knows no sockets: the command itself does not need any, and others wait for its end.
    }
  }

  /** The door that browsers use. Loaded only where there is one. */
  async #serveHttp(http: HttpOptions): Promise<void> {
    const { HttpDoor: door } = await import('./http/door.ts');
    const { home, version, caller } = this.#options;
    this.#http = await door.open({
      home,
      version,
      http,
      catalog: this.#parts.catalog,
      // The owner of the home says it for all tenants.
      perMinute: () => requestsPerMinute(home, this.#parts.catalog, caller.tenant),
      dispatch: ({ calling, key, actsFor }, path, input, signal) =>
        this.#call({ calling, actsFor, door: key }, path, input, signal),
    });
    this.#parts.console = this.#http;
  }

  /** Every call of every door comes through here: this is where it is decided who may do what, and where that is noted. */
  async #call(came: Came, path: readonly string[], input: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const call = path.join('.');
    const procedure = this.#procedures.get(call);
    if (procedure === undefined) throw new HoldfastError('BAD_USAGE', `The engine knows no call ${call}.`);
    const { calling, refusal } = await admit(this.#parts.tenants, came, call);
    const note = (record: AuditRecord): Promise<void> => this.#parts.evidence.audit(record);
    const answer = async (): Promise<unknown> => {
      if (refusal !== null) throw refusal;
      refuseForeignPlace(calling.role, input);
      try {
        return await procedure(input, { context: calling, ...(signal === undefined ? {} : { signal }) });
      } catch (error) {
        this.#noteFault(call, error);
        throw error;
      }
    };
    const told = { calling, door: came.door, call, input };
    if (calling.actingOperator !== true) return audited(note, told, answer);
    // Both chains tell it: that of the tenant, by whom; that of the operator, for whom.
    const forWhom = { calling: came.calling, door: `${came.door}, for ${calling.caller.tenant}`, call, input };
    return audited(note, told, () => audited(note, forWhom, answer));
  }

  /** What is understood is told to whoever called; the rest is ours to find. */
  #noteFault(call: string, error: unknown): void {
    const { code } = toHoldfastError(innermostError(error));
    if (goneCodes.has(code)) this.resumed();
    if (code !== 'INTERNAL') return;
    this.#parts.life.log.error('A call has met a fault.', { call, error });
  }
}

/** What only an engine that stays has, and all that it could be called for. */
async function loadStandingParts(): Promise<StandingParts> {
  const [{ StandingWork: Work }, { takeIn }] = await Promise.all([
    import('./standing-work.ts'),
    import('./take-in.ts'),
    loadRouter(),
  ]);
  return { Work, takeIn };
}

function waitingWords(calls: number): string {
  const others = calls === 1 ? 'Another command still runs' : `${calls} other commands still run`;
  return `${others} in this process, which ends with them. Ctrl-C twice ends all at once.`;
}
