/** Keeps the board true: jobs as they move, sources and repositories when something about them has changed. */
import type { Alert } from '../../../../shared/contract/alerts.ts';
import type { Caller } from '../../../../shared/contract/common.ts';
import type { EngineEvent } from '../../../../shared/contract/events.ts';
import type { EngineState, LiveEvent, Notice } from '../../../../shared/contract/live.ts';
import { reportError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { isOver } from '../../../../shared/model/job-states.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Connections, ConnectionView } from '../../connections/connections.ts';
import type { Job } from '../../jobs/job.ts';
import type { JobRunner } from '../../jobs/runner.ts';
import type { PlanBook } from '../../recovery/plans/plan-book.ts';
import type { RunBook } from '../../recovery/runs/run-book.ts';
import { LiveBoard } from './board.ts';
import { eventOf } from './event-of.ts';
import { EventLog, type Follow } from './event-log.ts';
import { incidentState } from './incident-state.ts';
import { sourceStates } from './source-states.ts';

export type LiveFeedOptions = {
  readonly engine: Omit<EngineState, 'tenant'>;
  readonly catalog: Catalog;
  readonly home: string;
  readonly connections: () => Connections;
  readonly jobs: () => JobRunner;
  readonly runs: () => RunBook;
  readonly planRuns: () => PlanBook;
  /** The time of day that decides what is due. */
  readonly nowMs: () => number;
  /** What the scheduler waits for, by the name of the source. */
  readonly waitsFor: (tenant: string) => ReadonlyMap<string, string>;
  /** A repository can be opened now that could not before: time to look what is in it. */
  readonly onReachable: (caller: Caller, connection: ConnectionView) => void;
};

/** Jobs that move are shown this often. */
const jobsEveryMs = 200;
const endedJobsStayMs = 60_000;
const lookEveryMs = 15_000;
/** While one does not answer: somebody may be about to plug it in. */
const lookAgainMs = 2_000;
const keptNotices = 100;
const shownRuns = 200;
const shownPlanRuns = 20;
/** After these kinds of jobs the catalog knows other snapshots. */
const changingKinds = new Set(['protect', 'system', 'index', 'forget', 'rebuild-catalog', 'restore']);

export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #board: LiveBoard;
  readonly #events = new EventLog(Date.now().toString(36));
  /** Runs whose view is being read, and whether they have changed since that began. */
  readonly #runsRead = new Map<string, boolean>();
  /** For each list of runs that is being read: those that have changed since it was asked for. */
  readonly #changedSince = new Set<Set<string>>();
  readonly #moved = new Set<Job>();
  readonly #refreshing = new Map<string, Promise<void>>();
  readonly #stale = new Set<string>();
  readonly #reachable = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Grows with every refresh, and from one engine to the next. */
  #revision = Date.now();
  #notice = 0;
  #jobsTimer: NodeJS.Timeout | null = null;
  #lookTimer: NodeJS.Timeout | null = null;
  #looking = false;
  #hasLooked = false;
  #wantsLook = false;
  #closed = false;
  /** What is only read from the catalog has not happened now. */
  #isLoading = false;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.#board = new LiveBoard(
      (tenant) => this.#begin(tenant),
      (tenant, collection, before, after) => {
        const event = this.#isLoading ? null : eventOf(collection, before, after);
        if (event !== null) this.#events.add(tenant, event);
      },
    );
  }

  /** Goes on until `signal` fires. */
  watch({ tenant }: Caller, signal: AbortSignal | undefined): AsyncGenerator<LiveEvent, void> {
    this.#board.set(tenant, 'engine', 'engine', { ...this.#options.engine, tenant });
    return this.#board.watch(tenant, signal);
  }

  /** What happens, as events; goes on until `signal` fires. */
  follow({ tenant }: Caller, follow: Follow, signal: AbortSignal | undefined): AsyncGenerator<EngineEvent> {
    return this.#events.follow(tenant, follow, signal);
  }

  /** How many watch or follow at this moment. */
  get streams(): number {
    return this.#board.watchers + this.#events.followers;
  }

  /** Looks from now on which repositories answer, and opens those whose password is remembered. */
  start(): void {
    this.look();
  }

  /** Looks at once, as after a sleep, or when something could not be read or written. */
  look(): void {
    this.#wantsLook = true;
    if (!this.#looking && !this.#closed) void this.#lookWhileWanted();
  }

  /** Whether it is known of each repository how it stands. */
  get hasLooked(): boolean {
    return this.#hasLooked;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#lookTimer !== null) clearTimeout(this.#lookTimer);
    if (this.#jobsTimer !== null) clearTimeout(this.#jobsTimer);
  }

  jobChanged(job: Job): void {
    this.#moved.add(job);
    this.#jobsTimer ??= setTimeout(() => this.#showJobs(), jobsEveryMs).unref();
  }

  /** Sources, holds or connections of the tenant are others now. */
  changed(tenant: string): void {
    if (this.#closed) return;
    this.#stale.add(tenant);
    if (this.#refreshing.has(tenant)) return;
    const work = this.#refreshWhileStale(tenant).finally(() => this.#refreshing.delete(tenant));
    this.#refreshing.set(tenant, work);
  }

  /** One that was closed is of the past. */
  runChanged(caller: Caller, run: string): void {
    this.#changed(run, () => this.#showRun(caller, run));
  }

  planRunChanged(caller: Caller, run: string): void {
    this.#changed(run, () => this.#showPlanRun(caller, run));
  }

  /** Those that are open, and no others. */
  showAlerts(tenant: string, alerts: readonly Alert[]): void {
    this.#board.replace(tenant, 'alerts', new Map(alerts.map((alert) => [alert.id, alert])));
  }

  notify(tenant: string, level: Notice['level'], text: string): void {
    this.#notice += 1;
    const id = String(this.#notice);
    this.#board.set(tenant, 'notices', id, { id, at: new Date().toISOString(), level, text });
    this.#board.set(tenant, 'notices', String(this.#notice - keptNotices), null);
  }

  #begin(tenant: string): void {
    for (const job of this.#options.jobs().underWay({ tenant, actor: 'engine' })) {
      this.#board.set(tenant, 'jobs', job.id, job);
    }
    this.changed(tenant);
    void this.#showRuns({ tenant, actor: 'engine' }).catch(() => undefined);
  }

  #changed(run: string, show: () => Promise<void>): void {
    if (this.#closed) return;
    for (const runs of this.#changedSince) runs.add(run);
    const isBeingRead = this.#runsRead.has(run);
    this.#runsRead.set(run, isBeingRead);
    if (!isBeingRead) void this.#showWhileChanged(run, show);
  }

  /** One read at a time, and another after it when the run has changed since: an older view never comes after a newer. */
  async #showWhileChanged(run: string, show: () => Promise<void>): Promise<void> {
    do {
      this.#runsRead.set(run, false);
      await show().catch(() => undefined);
    } while (this.#runsRead.get(run) === true);
    this.#runsRead.delete(run);
  }

  async #showRun(caller: Caller, run: string): Promise<void> {
    const view = await this.#options.runs().get(caller, run);
    this.#board.set(caller.tenant, 'runs', view.id, view.closedAt === null ? view : null);
  }

  async #showPlanRun(caller: Caller, run: string): Promise<void> {
    const view = await this.#options.planRuns().get(caller, run);
    this.#board.set(caller.tenant, 'planRuns', view.id, view);
  }

  async #showRuns(caller: Caller): Promise<void> {
    const changed = new Set<string>();
    this.#changedSince.add(changed);
    try {
      const runs = await this.#options.runs().list(caller, { open: true, before: null, limit: shownRuns });
      const planRuns = await this.#options.planRuns().list(caller, { plan: null, before: null, limit: shownPlanRuns });
      this.#isLoading = true;
      for (const run of runs) if (!changed.has(run.id)) this.#board.set(caller.tenant, 'runs', run.id, run);
      for (const run of planRuns) if (!changed.has(run.id)) this.#board.set(caller.tenant, 'planRuns', run.id, run);
      this.#isLoading = false;
    } finally {
      this.#changedSince.delete(changed);
    }
  }

  #showJobs(): void {
    this.#jobsTimer = null;
    for (const job of this.#moved) {
      const view = job.view();
      this.#board.set(view.tenant, 'jobs', view.id, view);
      if (!isOver(view.state)) continue;
      if (view.state === 'failed') this.look();
      if (changingKinds.has(view.kind)) this.changed(view.tenant);
      this.#keep(setTimeout(() => this.#board.set(view.tenant, 'jobs', view.id, null), endedJobsStayMs));
    }
    this.#moved.clear();
  }

  async #lookWhileWanted(): Promise<void> {
    this.#looking = true;
    let allAnswer = true;
    while (this.#wantsLook && !this.#closed) {
      this.#wantsLook = false;
      allAnswer = await this.#options.connections().look();
      this.#hasLooked = true;
    }
    this.#looking = false;
    if (this.#closed) return;
    if (this.#lookTimer !== null) clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => this.look(), allAnswer ? lookEveryMs : lookAgainMs).unref();
  }

  async #refreshWhileStale(tenant: string): Promise<void> {
    while (this.#stale.delete(tenant) && !this.#closed) {
      try {
        await this.#refresh({ tenant, actor: 'engine' });
      } catch (error) {
        if (this.#closed) return;
        const { message } = toHoldfastError(error);
        this.notify(tenant, 'warning', `What is shown of sources may be old: ${message}`);
      }
    }
  }

  async #refresh(caller: Caller): Promise<void> {
    const { tenant } = caller;
    const connections = await this.#options.connections().list(caller);
    this.#showConnections(tenant, connections, null);
    const { sources, snapshots } = await sourceStates({ ...this.#options, caller, connections });
    this.#revision += 1;
    this.#showConnections(tenant, connections, snapshots);
    this.#board.replace(tenant, 'sources', sources);
    const { incidents, suspects } = await incidentState(this.#options, caller);
    this.#board.replace(tenant, 'incidents', incidents);
    this.#board.replace(tenant, 'suspects', suspects);
    for (const connection of connections) {
      if (connection.state !== 'open') this.#reachable.delete(connection.id);
      else if (!this.#reachable.has(connection.id)) {
        this.#reachable.add(connection.id);
        this.#options.onReachable(caller, connection);
      }
    }
  }

  /** Without counts the ones that are shown stay. */
  #showConnections(
    tenant: string,
    connections: readonly ConnectionView[],
    snapshots: ReadonlyMap<string, number> | null,
  ): void {
    const entries = connections.map((connection) => {
      const shown = this.#board.get(tenant, 'repositories', connection.id);
      const revision = snapshots === null ? (shown?.revision ?? this.#revision) : this.#revision;
      const count = snapshots?.get(connection.id) ?? shown?.snapshots ?? 0;
      return [connection.id, { ...presentConnection(connection), snapshots: count, revision }] as const;
    });
    this.#board.replace(tenant, 'repositories', new Map(entries));
  }

  #keep(timer: NodeJS.Timeout): void {
    timer.unref();
    this.#timers.add(timer);
  }

  /** A connection as the board shows it. */
  present(connection: ConnectionView): ReturnType<typeof presentConnection> & { snapshots: number; revision: number } {
    const shown = this.#board.get(connection.tenant, 'repositories', connection.id);
    const { snapshots, revision } = shown ?? { snapshots: 0, revision: this.#revision };
    return { ...presentConnection(connection), snapshots, revision };
  }
}

function presentConnection(connection: ConnectionView) {
  const { id, name, location, settings, secretNames, repository, primary, state, problem, remembered } = connection;
  const { provenAtMs, addedAtMs, actor } = connection;
  return {
    id,
    name,
    location,
    settings,
    secrets: secretNames,
    repository,
    primary,
    state,
    problem: problem === null ? null : reportError(problem),
    remembered,
    provenAt: new Date(provenAtMs).toISOString(),
    addedAt: new Date(addedAtMs).toISOString(),
    addedBy: actor,
  };
}
