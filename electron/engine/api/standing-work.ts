/** What an engine that stays does by itself: thaws what was left, runs what is due, gives space back, looks after alerts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Heartbeat } from '../protection/heartbeat.ts';
import type { MachineConditions } from '../protection/machine-conditions.ts';
import type { Peers } from '../monitoring/peers/peers.ts';
import { Scheduler } from '../protection/scheduler.ts';
import type { AlertService } from './alert-service.ts';
import type { Repository } from '../repository/repository.ts';
import { repairMet } from './integrity/scheduled-scrub.ts';
import { EvidenceRounds } from './evidence/rounds.ts';
import { ReportRounds } from './reports/report-rounds.ts';
import { CloneRounds } from './clones/clone-rounds.ts';
import { DrillRounds } from './drills/drill-rounds.ts';
import { NativeRounds } from './native-rounds.ts';
import { schedulerPorts, type ContextOf } from './scheduled-runs.ts';
import { thawWhatIsLeft } from './thaw-left.ts';
import { StandbyRounds } from './standby/rounds.ts';
import type { SyncService } from './sync-service.ts';
import { UpkeepRounds } from './upkeep-rounds.ts';

export type StandingWorkOptions = {
  readonly contextOf: ContextOf;
  readonly conditions: MachineConditions;
  readonly nowMs: () => number;
  readonly tenants: () => Promise<readonly string[]>;
  /** Runs at a time. */
  readonly slots: number;
  readonly alerts: AlertService;
  readonly peers: Peers;
  readonly sync: SyncService;
  /** What is known of the tenant's runs is other now. */
  readonly onChange: (tenant: string) => void;
  readonly onThawFailure: (error: unknown) => void;
  readonly onNativeFailure: (error: unknown) => void;
  readonly onStandbyFailure: (error: unknown) => void;
  readonly onCloneFailure: (error: unknown) => void;
  readonly onDrillFailure: (error: unknown) => void;
  readonly onReportFailure: (error: unknown) => void;
};

const patientForTickMs = 15_000;
const actor = 'engine';

export class StandingWork {
  readonly scheduler: Scheduler;
  readonly #options: StandingWorkOptions;
  readonly #upkeep: UpkeepRounds;
  readonly #natives: NativeRounds;
  readonly #standbys: StandbyRounds;
  readonly #evidence: EvidenceRounds;
  readonly #clones: CloneRounds;
  readonly #drills: DrillRounds;
  readonly #reports: ReportRounds;
  readonly #heartbeat: Heartbeat;

  constructor(options: StandingWorkOptions) {
    this.#options = options;
    const { contextOf, conditions, nowMs, tenants, onChange, slots } = options;
    this.#upkeep = new UpkeepRounds({ contextOf, nowMs, tenants });
    this.#natives = new NativeRounds({ contextOf, nowMs, tenants, onFailure: options.onNativeFailure });
    this.#standbys = new StandbyRounds({ contextOf, nowMs, tenants, onFailure: options.onStandbyFailure });
    this.#evidence = new EvidenceRounds({ contextOf, nowMs, tenants });
    this.#clones = new CloneRounds({ contextOf, nowMs, tenants, onFailure: options.onCloneFailure });
    this.#drills = new DrillRounds({ contextOf, nowMs, tenants, onFailure: options.onDrillFailure });
    this.#reports = new ReportRounds({ contextOf, tenants, onFailure: options.onReportFailure });
    const ports = schedulerPorts(contextOf, () => conditions.waitsFor(), { nowMs, tenants, onChange });
    this.scheduler = new Scheduler(ports, slots);
    this.#heartbeat = new Heartbeat({ beat: () => this.#beat(), nextMs: () => this.scheduler.nextMs() });
  }

  start(): void {
    void this.#thaw().catch(this.#options.onThawFailure);
    this.#options.sync.stand();
    this.#heartbeat.start();
  }

  /** Looks at once, as after a sleep. */
  look(): void {
    this.#heartbeat.beat();
  }

  /** What is due of the tenant may be other now. */
  changed(tenant: string): void {
    this.#upkeep.changed();
    this.#natives.changed();
    this.#drills.changed();
    this.scheduler.changed(tenant);
    this.#options.sync.changed(tenant);
    this.look();
  }

  /** A job has ended, which may have stored a snapshot, or brought one from elsewhere. */
  jobEnded(): void {
    void this.#standbys.beat();
  }

  /** Reading has met damage, and went on with what another repository has. */
  damageMet(tenant: string, repository: Repository, blobs: readonly string[]): void {
    void repairMet(this.#options.contextOf({ tenant, actor }), repository, blobs);
  }

  /** What is due and waited for its computer may begin now. */
  conditionsChanged(): void {
    this.scheduler.conditionsChanged();
    this.look();
  }

  /** Begins nothing any more; resolves when nothing is being sent. */
  close(): Promise<void> {
    this.#heartbeat.close();
    this.#natives.close();
    this.#standbys.close();
    this.#clones.close();
    this.#drills.close();
    this.scheduler.close();
    return this.#reports.close();
  }

  #beat(): Promise<void> {
    void this.#upkeep.beat();
    void this.#natives.beat();
    void this.#standbys.beat();
    void this.#evidence.beat();
    void this.#clones.beat();
    void this.#drills.beat();
    void this.#reports.beat();
    const { alerts, peers, sync } = this.#options;
    void peers.beat();
    void sync.beat();
    const { wakes } = alerts;
    const ticked = this.scheduler.tick();
    // A share that hangs may keep the schedule waiting, and just then somebody has to be told.
    const late = sleep(patientForTickMs, undefined, { ref: false });
    void Promise.race([ticked, late]).finally(() => void alerts.beat(wakes));
    return ticked;
  }

  async #thaw(): Promise<void> {
    const { tenants, contextOf } = this.#options;
    for (const tenant of await tenants()) await thawWhatIsLeft(contextOf({ tenant, actor }), null);
  }
}
