/** The engine in this process: it owns the home, runs the contract's handlers, and serves them on the socket. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRouterClient } from '@orpc/server';
import { isContractProcedure } from '@orpc/contract';
import type { Caller } from '../../../shared/contract/common.ts';
import { contract } from '../../../shared/contract/index.ts';
import type { AuditRecord } from '../../../shared/model/evidence.ts';
import { isOver } from '../../../shared/model/job-states.ts';
import { HoldfastError, innermostError, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { rights } from '../../../shared/contract/rights.ts';
import { tenantRuleOf } from '../../../shared/contract/tenant-rules.ts';
import { actorFor, isOperator, ownerTenant, refusalOf, type TenantRule } from '../../../shared/model/tenants.ts';
import { Browsers } from '../browsing/browsers.ts';
import { covers, type Role } from '../../../shared/model/roles.ts';
import { Catalog } from '../catalog/catalog.ts';
import { Connections } from '../connections/connections.ts';
import type { HomeLock } from '../platform/home-lock.ts';
import type { SecretStore } from '../platform/secret-store.ts';
import { processIdentity } from '../platform/identity.ts';
import { setIndexRoom } from '../repository/index-files.ts';
import { JobBook } from '../jobs/job-book.ts';
import { JobRunner } from '../jobs/runner.ts';
import type { CallContext, Calling, ConsoleDoor } from './context.ts';
import { machineZone } from '../platform/machine-zone.ts';
import { ImpactGovernor } from '../protection/impact-governor.ts';
import { noConditions, type MachineConditions } from '../protection/machine-conditions.ts';
import { RunHistory } from '../protection/run-history.ts';
import type { Scheduler } from '../protection/scheduler.ts';
import { readNote } from '../configuration/note.ts';
import { DrillBook } from '../recovery/drills/drill-book.ts';
import { EvidenceBook } from '../recovery/evidence/evidence-book.ts';
import { GitCache } from '../recovery/git/cache.ts';
import { GitListings } from '../recovery/git/listing.ts';
import { PlanBook } from '../recovery/plans/plan-book.ts';
import { RunBook } from '../recovery/runs/run-book.ts';
import { Tenants } from '../tenants/tenants.ts';
import { Peers } from '../monitoring/peers/peers.ts';
import { AlertService } from './alert-service.ts';
import type { Message } from '../monitoring/messages.ts';
import { audited } from './evidence/auditor.ts';
import { endKeeping } from './evidence/keep-evidence.ts';
import { EngineLife } from './about/engine-life.ts';
import type { EngineDoor } from './engine-link.ts';
import type { HttpDoor } from './http/door.ts';
import { defaultPerMinute } from './http/rates.ts';
import { numberSetting } from './number-setting.ts';
import type { HttpOptions } from './http/options.ts';
import { LiveFeed } from './live/live-feed.ts';
import { engineRouter } from './router.ts';
import { standbyJob } from './standby/facts.ts';
import { StandingWork } from './standing-work.ts';
import { takeIn } from './take-in.ts';
import { AwsSessions } from './aws-sessions.ts';
import { SourceSecrets } from './source-secrets.ts';
import { SyncService } from './sync-service.ts';
import { logFolder, openLog, type Log } from '../platform/log.ts';
import type { SiteServerOptions } from '../sites/server/limits.ts';
import type { SiteAddress } from '../sites/server/site-door.ts';
import { SiteServer } from '../sites/server/site-server.ts';
import { replicasOf } from './integrity/repair-repository.ts';
import { ReadThrough } from './integrity/read-through.ts';
import { decideToStandBy } from './failover/stand-by.ts';
import { promote } from './failover/takeover.ts';
import { LeaseKeeper } from '../sites/failover/lease-keeper.ts';
import { SocketDoor } from './socket/door.ts';
import type { EngineKind } from './socket/protocol.ts';

type Options = {
  readonly home: string;
  readonly caller: Caller;
  readonly version: string;
  readonly onNotice: (text: string) => void;
  readonly takenAtMs?: () => number;
  /** For the console in browsers and the REST API; without it there are none. */
  readonly http?: HttpOptions;
  /** For others that push to this home; without it nobody can. */
  readonly site?: SiteServerOptions;
  /** Where passwords of repositories can be kept beyond this engine. */
  readonly secrets?: SecretStore | null;
  readonly conditions?: MachineConditions;
  /** Shows what alerts tell on the desktop that this engine is part of. */
  readonly notify?: (message: Message) => void;
};

/** Two at a time keep the cores of a workstation busy; what nobody waits for gets one of these places at most. */
const limits = { slots: Math.max(2, Math.floor(availableParallelism() / 2)), backgroundSlots: 1 };
/** A wait shorter than this is not worth a word. */
const noticeableMs = 1_000;
/** For a configuration that is being saved while the engine ends. */
const lastSavesMs = 15_000;
/** For clients of an engine that ends, to take the answers to what was stopped. */
const lastAnswersMs = 3_000;
/** What a call meets in a repository that does not answer any more: time to look. */
const goneCodes: ReadonlySet<string> = new Set(['STORED_FILE_MISSING', 'NOT_A_REPOSITORY', 'REPOSITORY_UNREACHABLE']);
const commandDoor = 'command line';
const machineClock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** Who calls, and how that came in. */
type Came = {
  readonly calling: Calling;
  readonly door: string;
  /** The tenant that the call is to be for; null: that of whoever calls. */
  readonly actsFor?: string | null;
};
type Procedure = (input: unknown, options: { readonly signal?: AbortSignal; readonly context: Calling }) => unknown;

export class OwnEngine implements EngineDoor {
  readonly #lock: HomeLock;
  readonly #kind: EngineKind;
  readonly #options: Options;
  readonly #catalog: Catalog;
  readonly #browsers = new Browsers();
  readonly #jobBook: JobBook;
  readonly #jobs: JobRunner;
  readonly #life: EngineLife;
  readonly #live: LiveFeed;
  readonly #procedures: ReadonlyMap<string, Procedure>;
  readonly #alerts: AlertService;
  readonly #peers: Peers;
  readonly #lease: LeaseKeeper;
  readonly #tenants: Tenants;
  readonly #impact: ImpactGovernor;
  readonly #sync: SyncService;
  readonly #siteServer: SiteServer;
  readonly #siteLog: Log;
  readonly #readThrough: ReadThrough;
  readonly #evidence: EvidenceBook;
  /** Null in an engine that does not stay. */
  #work: StandingWork | null = null;
  #door: SocketDoor | null = null;
  #http: HttpDoor | null = null;
  #closed: Promise<void> | null = null;

  /** Owns the lock from now on, also when it fails. */
  static async open(lock: HomeLock, kind: EngineKind, options: Options): Promise<OwnEngine> {
    try {
      const engine = new OwnEngine(lock, kind, options);
      await engine.#serve();
      if (options.http !== undefined)
        await engine.#serveHttp(options.http).catch((error: unknown) => engine.#giveUp(error));
      if (options.site !== undefined)
        await engine.#siteServer.serve(options.site).catch((error: unknown) => engine.#giveUp(error));
      engine.#life.begin();
      await engine.#keepLease();
      engine.#work?.start();
      return engine;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(lock: HomeLock, kind: EngineKind, options: Options) {
    this.#lock = lock;
    this.#kind = kind;
    this.#options = options;
    const { home } = options;
    setIndexRoom({ folder: join(home, 'scratch'), keptFolder: join(home, 'cache', 'indexes') });
    const catalog = new Catalog({ home });
    const tenantBook = new Tenants(home, machineClock.nowMs);
    this.#tenants = tenantBook;
    const jobBook = new JobBook(catalog, ({ message }) => options.onNotice(unwrittenWords(message)));
    const runs = new RunBook(
      catalog,
      () => machineClock.nowMs(),
      (caller, run) => live.runChanged(caller, run),
    );
    const planRuns = new PlanBook(
      catalog,
      () => machineClock.nowMs(),
      (caller, run) => live.planRunChanged(caller, run),
    );
    const stays = kind === 'serve';
    const takenAtMs = options.takenAtMs ?? machineClock.nowMs;
    const life = new EngineLife({ ...options, stays });
    this.#life = life;
    const conditions = options.conditions ?? noConditions;
    const impact = new ImpactGovernor({
      rulesOf: (tenant) => impactRules(home, catalog, tenant),
      nowMs: () => machineClock.nowMs(),
      zone: machineZone,
      onBattery: () => conditions.onBattery(),
    });
    this.#impact = impact;
    const browsers = this.#browsers;
    const gitCache = new GitCache(home);
    const gitListings = new GitListings();
    const secrets = options.secrets ?? null;
    const live: LiveFeed = new LiveFeed({
      engine: {
        version: options.version,
        startedAt: new Date().toISOString(),
        hostname: processIdentity().hostname,
        zone: machineZone(),
        secretStore: secrets?.kind ?? null,
      },
      catalog,
      home,
      connections: () => connections,
      jobs: () => jobs,
      runs: () => runs,
      planRuns: () => planRuns,
      nowMs: takenAtMs,
      waitsFor: (tenant) => waitsFor(this.#work?.scheduler ?? null, tenant),
      onReachable: (caller, { id }) => {
        if (stays) takeIn({ caller, catalog, connections, jobs }, id, () => live.changed(caller.tenant));
      },
    });
    const readThrough = new ReadThrough({
      replicas: (caller, repository) => replicasOf(contextOf(asAdmin(caller)), repository),
      onDamage: (tenant, repository, blobs) => this.#work?.damageMet(tenant, repository, blobs),
    });
    this.#readThrough = readThrough;
    const connections = new Connections({
      home,
      secrets,
      awsAccount: async (caller, account, where) => {
        // AWS's kit takes long to load.
        const { awsAccessOf } = await import('./aws-access.ts');
        return awsAccessOf(contextOf(asAdmin(caller)), { account, ...where });
      },
      refuseBeyond: (tenant, { location, settings, secrets: names }) =>
        tenantBook.boundsOf(tenant).place(location, settings, names),
      isOthers: async (tenant, repository) => {
        // In a home of one owner no catalog is opened for it.
        const others = await tenantBook.othersThan(tenant);
        if (others.length === 0) return false;
        return catalog.read('repositories.isUsedBy', { tenant, actor: 'engine' }, { repository, tenants: others });
      },
      keeps: async (tenant) => (await tenantBook.standing(tenant)) !== 'retired',
      rescueFor: (tenant, repository) => readThrough.of(tenant, repository),
      onChange: (tenant) => {
        live.changed(tenant);
        this.#work?.changed(tenant);
      },
    });
    const jobs = new JobRunner({
      book: jobBook,
      clock: machineClock,
      limits,
      onChange: (job) => {
        live.jobChanged(job);
        if (!stays || !isOver(job.state)) return;
        const over = job.view();
        this.#alerts.watch.changed(over.tenant);
        if (over.kind !== 'sync') this.#sync.changed(over.tenant);
        if (over.kind !== standbyJob) this.#work?.jobEnded();
      },
    });
    this.#live = live;
    this.#catalog = catalog;
    this.#jobBook = jobBook;
    this.#jobs = jobs;
    const nowMs = takenAtMs;
    const runHistory = new RunHistory(catalog, nowMs);
    // What runs by itself runs for those that are active.
    const tenants = async (): Promise<readonly string[]> => tenantBook.activeOf((await readNote(home))?.tenants ?? []);
    const peers = new Peers({
      home,
      secrets,
      nowMs,
      onChange: (tenant) => {
        if (stays) this.#alerts.watch.changed(tenant);
      },
    });
    this.#peers = peers;
    const lease = new LeaseKeeper({
      home,
      secrets,
      stays,
      onChange: (tenant) => {
        this.#work?.changed(tenant);
        if (stays) this.#alerts.watch.changed(tenant);
      },
      decide: (row, answer) => decideToStandBy(contextOf(asAdmin(row)), row, answer),
      promote: (row, token) =>
        promote(contextOf(asAdmin(automatically(row))), row, token, (run) => this.#workOn(automatically(row), run)),
    });
    this.#lease = lease;
    this.#siteLog = openLog({ folder: logFolder(home), level: 'info', fileName: 'site-access.log' });
    const siteServer = new SiteServer({ home, nowMs: machineClock.nowMs, log: this.#siteLog });
    this.#siteServer = siteServer;
    const evidence = new EvidenceBook({
      home,
      catalog,
      secrets,
      stays,
      nowMs: machineClock.nowMs,
      about: { host: processIdentity().hostname, version: options.version },
      onRecord: (tenant) => live.changed(tenant),
    });
    this.#evidence = evidence;
    const alerts = new AlertService({
      home,
      peers,
      evidence,
      lease,
      siteServer,
      catalog,
      connections,
      secrets,
      live,
      nowMs,
      tenants,
      activeOf: (some) => tenantBook.activeOf(some),
      plan: (tenant) => this.#work?.scheduler.plan(tenant) ?? [],
      stays,
      knowsRepositories: () => stays && live.hasLooked,
      desktop: options.notify === undefined ? null : { tenant: options.caller.tenant, notify: options.notify },
      onFailure: (error) => life.log.warn('Alerts could not be looked at.', { error }),
    });
    this.#alerts = alerts;
    const sourceSecrets = new SourceSecrets(home, secrets);
    const awsSessions = new AwsSessions();
    const sync = new SyncService({
      contextOf: (caller) => contextOf(asAdmin(caller)),
      nowMs,
      tenants,
      onFailure: (error) => life.log.warn('Sites could not be looked after.', { error }),
    });
    this.#sync = sync;
    const drills = new DrillBook(catalog, nowMs);
    const contextOf = (calling: Calling): CallContext => ({
      ...calling,
      home,
      tenants: tenantBook,
      bounds: tenantBook.boundsOf(calling.caller.tenant),
      catalog,
      browsers,
      gitCache,
      gitListings,
      connections,
      sourceSecrets,
      awsSessions,
      secrets,
      siteServer,
      live,
      jobs,
      jobBook,
      runs,
      planRuns,
      life,
      impact,
      takenAtMs,
      stays,
      console: this.#http,
      evidence,
      drills,
      runHistory,
      alerts,
      peers,
      lease,
      sync,
      scheduler: this.#work?.scheduler ?? null,
      rePlan: () => this.#work?.changed(calling.caller.tenant),
      rePlanFor: (tenant) => this.#work?.changed(tenant),
      nowMs,
    });
    this.#procedures = proceduresOf(createRouterClient(engineRouter, { context: contextOf }));
    if (stays) {
      this.#work = new StandingWork({
        contextOf: (caller) => contextOf(asAdmin(caller)),
        conditions,
        nowMs,
        tenants,
        slots: limits.slots,
        alerts,
        peers,
        sync,
        onChange: (tenant) => live.changed(tenant),
        onReportFailure: (error) => life.log.warn('Subscriptions could not be looked after.', { error }),
        onDrillFailure: (error) => life.log.warn('A drill could not be run.', { error }),
        onNativeFailure: (error) => life.log.warn('Native snapshots could not be looked at.', { error }),
        onStandbyFailure: (error) => life.log.warn('Standbys could not be looked after.', { error }),
        onThawFailure: (error) => life.log.error('What another engine has left frozen could not be thawed.', { error }),
      });
    }
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
    this.#live.look();
    this.#alerts.woke();
    this.#peers.hurry();
    this.#lease.hurry();
    this.#work?.look();
  }

  /** What is due and waited may begin now, and what runs may take another share of the machine. */
  conditionsChanged(): void {
    if (this.#closed !== null) return;
    this.#work?.conditionsChanged();
    void this.#impact.look();
  }

  /** Where others push to; null where this home is not served as a site. */
  get site(): SiteAddress | null {
    return this.#siteServer.address;
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
    await this.#lease
      .start()
      .catch((error: unknown) => this.#life.log.error('Automatic failover cannot be read.', { error }));
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
    this.#live.close();
    const reportsClosed = this.#work?.close();
    this.#peers.close();
    this.#lease.close();
    this.#sync.close();
    const reason = new HoldfastError('ENGINE_STOPPED', 'The engine was told to end.');
    const siteClosed = this.#siteServer.close();
    if (door !== null) {
      door.refuseCalls();
      http?.refuseCalls();
      if (this.#kind === 'serve') {
        door.cancelCalls(reason);
        http?.cancelCalls(reason);
        await this.#jobs.stop(reason);
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
      this.#siteLog.close();
      await this.#alerts.close();
      await http?.close();
      await this.#jobs.stop(reason);
      await this.#jobBook.write();
      await endKeeping(this.#evidence, lastSavesMs);
      await this.#browsers.close();
      await this.#readThrough.close();
      await this.#evidence.close();
      await this.#catalog.close();
    } finally {
      door?.close(reason);
      this.#life.end();
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
    if (this.#kind === 'serve') this.#live.start();
    try {
      this.#door = await SocketDoor.open({
        home,
        kind: this.#kind,
        version,
        // Whoever may use the socket is the account that owns the home.
        procedures: (caller, path, input, signal) =>
          this.#call({ ...asOwner(caller), door: commandDoor }, path, input, signal),
        isWorking: () => this.#jobs.isWorking,
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
      catalog: this.#catalog,
      // The owner of the home says it for all tenants.
      perMinute: () => requestsPerMinute(home, this.#catalog, caller.tenant),
      dispatch: ({ calling, key, actsFor }, path, input, signal) =>
        this.#call({ calling, actsFor, door: key }, path, input, signal),
    });
  }

  /** Every call of every door comes through here: this is where it is decided who may do what, and where that is noted. */
  async #call(came: Came, path: readonly string[], input: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const call = path.join('.');
    const procedure = this.#procedures.get(call);
    if (procedure === undefined) throw new HoldfastError('BAD_USAGE', `The engine knows no call ${call}.`);
    const { calling, refusal } = await this.#admit(came, call);
    const note = (record: AuditRecord): Promise<void> => this.#evidence.audit(record);
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

  /** Who the call is by from now on, and why it may not be made. Where it may not be for another, it stays whose it was. */
  async #admit(
    { calling, actsFor = null }: Came,
    call: string,
  ): Promise<{ readonly calling: Calling; readonly refusal: HoldfastError | null }> {
    const { tenant, actor } = calling.caller;
    const { role } = calling;
    const acts = actsFor !== null && actsFor !== tenant;
    const standing = await this.#tenants.standing(actsFor ?? tenant);
    const required = requiredRole(call);
    const code = refusalOf({ tenant, role, actsFor, standing, rule: tenantRule(call), required });
    const mayAct = acts && isOperator({ tenant, role });
    const effective: Calling =
      mayAct && standing !== 'unknown'
        ? { caller: { tenant: actsFor, actor: actorFor(actor) }, role, actingOperator: true }
        : calling;
    if (code === null) return { calling: effective, refusal: null };
    const words = refusalWords(code, { call, role, required, tenant: actsFor ?? tenant });
    return { calling: effective, refusal: new HoldfastError(code, words) };
  }

  /** What is understood is told to whoever called; the rest is ours to find. */
  #noteFault(call: string, error: unknown): void {
    const { code } = toHoldfastError(innermostError(error));
    if (goneCodes.has(code)) this.resumed();
    if (code !== 'INTERNAL') return;
    this.#life.log.error('A call has met a fault.', { call, error });
  }
}

function automatically({ tenant }: Pick<Caller, 'tenant'>): Caller {
  return { tenant, actor: 'automatic failover' };
}

/** What the engine does by itself for a tenant, it may do. */
function asAdmin(caller: Caller): Calling {
  return { caller, role: 'admin' };
}

/** Direct calls, and those on the socket, are the operator's: where they name another tenant, they act for it. */
function asOwner({ tenant, actor }: Caller): { readonly calling: Calling; readonly actsFor: string | null } {
  return { calling: asAdmin({ tenant: ownerTenant, actor }), actsFor: tenant === ownerTenant ? null : tenant };
}

/** FORBIDDEN for one that is not connected, unless by an admin. */
function refuseForeignPlace(role: Role, input: unknown): void {
  if (!namesAPlace(input) || covers(role, 'admin')) return;
  const what = 'A repository that is not connected is opened for the role admin only.';
  throw new HoldfastError('FORBIDDEN', `${what} This caller has ${role}.`);
}

type Refused = { readonly call: string; readonly role: Role; readonly required: Role; readonly tenant: string };

function refusalWords(code: ErrorCode, { call, role, required, tenant }: Refused): string {
  if (code === 'TENANT_UNKNOWN') return `There is no tenant ${tenant} in this home.`;
  if (code === 'TENANT_CLOSED') return `The tenant ${tenant} is not active.`;
  if (code === 'OPERATOR_ONLY') return `${call} is for the operator of this home.`;
  return covers(role, required)
    ? 'Whoever asks may not act for another tenant.'
    : `${call} asks for the role ${required}; this caller has ${role}.`;
}

function tenantRule(name: string): TenantRule {
  return Object.hasOwn(tenantRuleOf, name) ? tenantRuleOf[name as keyof typeof tenantRuleOf] : 'operator';
}

function requiredRole(name: string): Role {
  return Object.hasOwn(rights, name) ? rights[name as keyof typeof rights] : 'admin';
}

/** Whether a call brings a place and a password of its own, so that it would find out what lies on this machine. */
function namesAPlace(input: unknown): boolean {
  if (typeof input !== 'object' || input === null || !('repository' in input)) return false;
  const { repository } = input;
  return typeof repository === 'object' && repository !== null && 'location' in repository;
}

/** Every call of the contract by its path with dots; nothing else can be called. */
function proceduresOf(client: unknown): ReadonlyMap<string, Procedure> {
  const procedures = new Map<string, Procedure>();
  const visit = (router: object, reached: unknown, path: readonly string[]): void => {
    for (const [name, part] of Object.entries(router) as [string, object][]) {
      const next = (reached as Record<string, unknown>)[name];
      if (isContractProcedure(part)) procedures.set([...path, name].join('.'), next as Procedure);
      else visit(part, next, [...path, name]);
    }
  };
  visit(contract, client, []);
  return procedures;
}

function waitsFor(scheduler: Scheduler | null, tenant: string): ReadonlyMap<string, string> {
  const plan = scheduler?.plan(tenant) ?? [];
  return new Map(plan.flatMap(({ source, waitsFor: what }) => (what === null ? [] : [[source, what]])));
}

/** As they were typed; empty where nobody has set any. */
async function impactRules(home: string, catalog: Catalog, tenant: string): Promise<string> {
  if (((await readNote(home))?.of(tenant) ?? null) === null) return '';
  const settings = await catalog.read('settings.list', { tenant, actor: 'engine' }, null);
  return String(settings.find(({ key }) => key === 'impact.limits')?.value ?? '');
}

async function requestsPerMinute(home: string, catalog: Catalog, tenant: string): Promise<number> {
  if (((await readNote(home))?.of(tenant) ?? null) === null) return defaultPerMinute;
  return numberSetting({ catalog, caller: { tenant, actor: 'http' } }, 'api.per-minute', defaultPerMinute);
}

function unwrittenWords(reason: string): string {
  return `What runs is not written into the list of jobs: ${reason}`;
}

function waitingWords(calls: number): string {
  const others = calls === 1 ? 'Another command still runs' : `${calls} other commands still run`;
  return `${others} in this process, which ends with them. Ctrl-C twice ends all at once.`;
}
