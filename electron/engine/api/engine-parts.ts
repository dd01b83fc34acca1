/** What an engine is made of, put together: each part knows the others only by what it is handed here. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Caller } from '../../../shared/contract/common.ts';
import { isOver } from '../../../shared/model/job-states.ts';
import { Browsers } from '../browsing/browsers.ts';
import { Catalog } from '../catalog/catalog.ts';
import { Connections } from '../connections/connections.ts';
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
import { EngineLife } from './about/engine-life.ts';
import type { HttpOptions } from './http/options.ts';
import { LiveFeed } from './live/live-feed.ts';
import { standbyJob } from './standby/facts.ts';
import type { StandingWork } from './standing-work.ts';
import type { takeIn } from './take-in.ts';
import { AwsSessions } from './aws-sessions.ts';
import { SourceSecrets } from './source-secrets.ts';
import { SyncService } from './sync-service.ts';
import { logFolder, openLog, type Log } from '../platform/log.ts';
import type { SiteServerOptions } from '../sites/server/limits.ts';
import { SiteServer } from '../sites/server/site-server.ts';
import { ReadThrough } from './integrity/read-through.ts';
import { LeaseKeeper } from '../sites/failover/lease-keeper.ts';
import { asAdmin } from './admission.ts';
import { impactRules } from './home-settings.ts';

/** Two at a time keep the cores of a workstation busy; what nobody waits for gets one of these places at most. */
const limits = { slots: Math.max(2, Math.floor(availableParallelism() / 2)), backgroundSlots: 1 };
const machineClock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export type EngineOptions = {
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

/** What an engine that stays is made of besides; loaded by whoever opens one. */
export type StandingParts = { readonly Work: typeof StandingWork; readonly takeIn: typeof takeIn };

export class EngineParts {
  readonly catalog: Catalog;
  readonly browsers = new Browsers();
  readonly jobBook: JobBook;
  readonly jobs: JobRunner;
  readonly life: EngineLife;
  readonly live: LiveFeed;
  readonly alerts: AlertService;
  readonly peers: Peers;
  readonly lease: LeaseKeeper;
  readonly tenants: Tenants;
  readonly impact: ImpactGovernor;
  readonly sync: SyncService;
  readonly siteServer: SiteServer;
  readonly siteLog: Log;
  readonly readThrough: ReadThrough;
  readonly evidence: EvidenceBook;
  /** What a handler gets to work with, for whoever calls. */
  readonly contextOf: (calling: Calling) => CallContext;
  /** Null in an engine that does not stay. */
  work: StandingWork | null = null;
  /** Set once browsers are served; null before, and where there are none. */
  console: ConsoleDoor | null = null;

  /**
   * `standing`: null for an engine that does not stay. `workOn`: as if an operator had started the restore run; resolves
   * when it has ended.
   */
  constructor(
    options: EngineOptions,
    standing: StandingParts | null,
    workOn: (caller: Caller, run: string) => Promise<void>,
  ) {
    const { home } = options;
    const stays = standing !== null;
    setIndexRoom({ folder: join(home, 'scratch'), keptFolder: join(home, 'cache', 'indexes') });
    const catalog = new Catalog({ home });
    const tenantBook = new Tenants(home, machineClock.nowMs);
    this.tenants = tenantBook;
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
    const takenAtMs = options.takenAtMs ?? machineClock.nowMs;
    const life = new EngineLife({ ...options, stays });
    this.life = life;
    const conditions = options.conditions ?? noConditions;
    const impact = new ImpactGovernor({
      rulesOf: (tenant) => impactRules(home, catalog, tenant),
      nowMs: () => machineClock.nowMs(),
      zone: machineZone,
      onBattery: () => conditions.onBattery(),
    });
    this.impact = impact;
    const browsers = this.browsers;
    const gitCache = new GitCache(home);
    const gitListings = new GitListings();
    const secrets = options.secrets ?? null;
    const live: LiveFeed = new LiveFeed({
      engine: {
        version: options.version,
        startedAt: new Date().toISOString(),
        hostname: processIdentity().hostname,
        // Finding it out takes 13 ms, and no command asks for it.
        get zone() {
          return machineZone();
        },
        secretStore: secrets?.kind ?? null,
      },
      catalog,
      home,
      connections: () => connections,
      jobs: () => jobs,
      runs: () => runs,
      planRuns: () => planRuns,
      nowMs: takenAtMs,
      waitsFor: (tenant) => waitsFor(this.work?.scheduler ?? null, tenant),
      onReachable: (caller, { id }) => {
        standing?.takeIn({ caller, catalog, connections, jobs }, id, () => live.changed(caller.tenant));
      },
    });
    const readThrough = new ReadThrough({
      replicas: async (caller, repository) => {
        const { replicasOf } = await import('./integrity/repair-repository.ts');
        return replicasOf(contextOf(asAdmin(caller)), repository);
      },
      onDamage: (tenant, repository, blobs) => this.work?.damageMet(tenant, repository, blobs),
    });
    this.readThrough = readThrough;
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
        this.work?.changed(tenant);
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
        this.alerts.watch.changed(over.tenant);
        if (over.kind !== 'sync') this.sync.changed(over.tenant);
        if (over.kind !== standbyJob) this.work?.jobEnded();
      },
    });
    this.live = live;
    this.catalog = catalog;
    this.jobBook = jobBook;
    this.jobs = jobs;
    const nowMs = takenAtMs;
    const runHistory = new RunHistory(catalog, nowMs);
    // What runs by itself runs for those that are active.
    const tenants = async (): Promise<readonly string[]> => tenantBook.activeOf((await readNote(home))?.tenants ?? []);
    const peers = new Peers({
      home,
      secrets,
      nowMs,
      onChange: (tenant) => {
        if (stays) this.alerts.watch.changed(tenant);
      },
    });
    this.peers = peers;
    const lease = new LeaseKeeper({
      home,
      secrets,
      stays,
      onChange: (tenant) => {
        this.work?.changed(tenant);
        if (stays) this.alerts.watch.changed(tenant);
      },
      decide: async (row, answer) =>
        (await import('./failover/stand-by.ts')).decideToStandBy(contextOf(asAdmin(row)), row, answer),
      promote: async (row, token) => {
        const { promote } = await import('./failover/takeover.ts');
        await promote(contextOf(asAdmin(automatically(row))), row, token, (run) => workOn(automatically(row), run));
      },
    });
    this.lease = lease;
    this.siteLog = openLog({ folder: logFolder(home), level: 'info', fileName: 'site-access.log' });
    const siteServer = new SiteServer({ home, nowMs: machineClock.nowMs, log: this.siteLog });
    this.siteServer = siteServer;
    const evidence = new EvidenceBook({
      home,
      catalog,
      secrets,
      stays,
      nowMs: machineClock.nowMs,
      about: { host: processIdentity().hostname, version: options.version },
      onRecord: (tenant) => live.changed(tenant),
    });
    this.evidence = evidence;
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
      plan: (tenant) => this.work?.scheduler.plan(tenant) ?? [],
      stays,
      knowsRepositories: () => stays && live.hasLooked,
      desktop: options.notify === undefined ? null : { tenant: options.caller.tenant, notify: options.notify },
      onFailure: (error) => life.log.warn('Alerts could not be looked at.', { error }),
    });
    this.alerts = alerts;
    const sourceSecrets = new SourceSecrets(home, secrets);
    const awsSessions = new AwsSessions();
    const sync = new SyncService({
      contextOf: (caller) => contextOf(asAdmin(caller)),
      nowMs,
      tenants,
      onFailure: (error) => life.log.warn('Sites could not be looked after.', { error }),
    });
    this.sync = sync;
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
      console: this.console,
      evidence,
      drills,
      runHistory,
      alerts,
      peers,
      lease,
      sync,
      scheduler: this.work?.scheduler ?? null,
      rePlan: () => this.work?.changed(calling.caller.tenant),
      rePlanFor: (tenant) => this.work?.changed(tenant),
      nowMs,
    });
    this.contextOf = contextOf;
    if (standing !== null) {
      this.work = new standing.Work({
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
        onCloneFailure: (error) => life.log.warn('A clone could not be removed.', { error }),
        onDrillFailure: (error) => life.log.warn('A drill could not be run.', { error }),
        onNativeFailure: (error) => life.log.warn('Native snapshots could not be looked at.', { error }),
        onStandbyFailure: (error) => life.log.warn('Standbys could not be looked after.', { error }),
        onThawFailure: (error) => life.log.error('What another engine has left frozen could not be thawed.', { error }),
      });
    }
  }
}

function automatically({ tenant }: Pick<Caller, 'tenant'>): Caller {
  return { tenant, actor: 'automatic failover' };
}

function waitsFor(scheduler: Scheduler | null, tenant: string): ReadonlyMap<string, string> {
  const plan = scheduler?.plan(tenant) ?? [];
  return new Map(plan.flatMap(({ source, waitsFor: what }) => (what === null ? [] : [[source, what]])));
}

function unwrittenWords(reason: string): string {
  return `What runs is not written into the list of jobs: ${reason}`;
}
