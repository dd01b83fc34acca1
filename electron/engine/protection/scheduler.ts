/**
 * Runs what is due, by itself. What is due is decided by pure functions (`planRuns`); here is only what carries it out:
 * when to look, how many at once, what keeps a run waiting. Nothing is remembered that the catalog does not hold.
 */
import { blackoutEndMs } from '../../../shared/model/blackouts.ts';
import type { Blackout } from '../../../shared/model/profile.ts';
import { nextRun, planRuns, type DueRun, type SchedulePeriod } from '../../../shared/model/schedule.ts';
import type { SourceHistory } from '../catalog/protection-runs.ts';

/** A source with all that decides about its runs. */
export type ScheduledSource = {
  readonly name: string;
  /** Null: nothing is due by itself. */
  readonly profile: {
    readonly id: string;
    /** IANA. */
    readonly zone: string;
    readonly periods: readonly SchedulePeriod[];
    readonly blackouts: readonly Blackout[];
    /** Id of a connection; null: the primary one. */
    readonly repository: string | null;
  } | null;
  readonly history: SourceHistory;
  /** Null: not paused; infinite: until somebody ends it. */
  readonly pausedUntilMs: number | null;
  /** Of its newest good snapshot: the oldest come first. Null without one. */
  readonly newestGoodAtMs: number | null;
};

export type SourcePlanView = {
  readonly source: string;
  readonly profile: string | null;
  readonly due: readonly string[];
  readonly next: { readonly atMs: number; readonly periods: readonly string[] } | null;
  readonly pausedUntilMs: number | null;
  /** Null while it runs, and while nothing but its turn keeps it. */
  readonly waitsFor: string | null;
  readonly isRunning: boolean;
};

export type SchedulerPorts = {
  readonly nowMs: () => number;
  readonly tenants: () => Promise<readonly string[]>;
  /** Grows with every change of sources and profiles. */
  readonly revision: (tenant: string) => Promise<number>;
  /** Named sources, or all. */
  readonly load: (tenant: string, names: readonly string[] | null) => Promise<readonly ScheduledSource[]>;
  /** What keeps a run from beginning now, in words: no password, no repository, on battery; null: nothing does. */
  readonly obstacle: (tenant: string, source: ScheduledSource) => Promise<string | null>;
  /** Takes the run from the book to its end. False: it could not be written into the book, so nothing was done. */
  readonly run: (tenant: string, source: string, profile: string, due: DueRun) => Promise<boolean>;
  /** Writes down that nothing ran, and nothing will. */
  readonly miss: (
    tenant: string,
    source: string,
    profile: string,
    missed: { period: string; occurrenceMs: number },
  ) => Promise<void>;
  readonly onChange: (tenant: string) => void;
};

type Entry = {
  source: ScheduledSource;
  running: boolean;
  due: DueRun | null;
  /** When what is due now was found to be: it does not become too late while it waits for its turn. */
  dueSinceMs: number;
  waitsFor: string | null;
  lookAtMs: number;
  /** What was told of it last, so that what has not changed is not told again. */
  told: string;
};

/** How late a run may begin and still count as on time. */
export const graceMs = 15 * 60_000;
/** What cannot begin is looked at again this often. */
const waitingLookMs = 60_000;
const waitsForTurn = 'its turn';

export class Scheduler {
  readonly #ports: SchedulerPorts;
  readonly #atOnce: number;
  readonly #tenants = new Map<string, Map<string, Entry>>();
  readonly #stale = new Set<string>();
  readonly #revisions = new Map<string, number>();
  #ticking: Promise<void> | null = null;
  #again = false;
  #running = 0;
  #lastTickMs = -Infinity;
  #closed = false;

  /** `atOnce`: so many runs are under way at the same time; the others wait for their turn here, and not as jobs. */
  constructor(ports: SchedulerPorts, atOnce: number) {
    this.#ports = ports;
    this.#atOnce = atOnce;
  }

  /** Pauses or repositories are others now: what is known is read again with the next tick. */
  changed(tenant: string): void {
    this.#stale.add(tenant);
  }

  /** The machine is other now: what waits is looked at again with the next tick. */
  conditionsChanged(): void {
    for (const entry of this.#entries()) if (entry.due !== null) entry.lookAtMs = 0;
  }

  /** Starts what is due. Ticks do not overlap; one that comes meanwhile is made up for. Never rejects. */
  tick(): Promise<void> {
    if (this.#ticking !== null) {
      this.#again = true;
      return this.#ticking;
    }
    this.#ticking = this.#tickUntilQuiet().finally(() => {
      this.#ticking = null;
    });
    return this.#ticking;
  }

  /** The next moment at which anything will be due; null: never, as things are. */
  nextMs(): number | null {
    let next = Infinity;
    for (const { running, lookAtMs } of this.#entries()) if (!running && lookAtMs < next) next = lookAtMs;
    return Number.isFinite(next) ? next : null;
  }

  plan(tenant: string): readonly SourcePlanView[] {
    const nowMs = this.#ports.nowMs();
    return [...(this.#tenants.get(tenant)?.values() ?? [])].map((entry) => view(entry, nowMs));
  }

  /** Starts nothing any more. Runs under way are the job queue's to end. */
  close(): void {
    this.#closed = true;
  }

  async #tickUntilQuiet(): Promise<void> {
    do {
      this.#again = false;
      await this.#tickOnce().catch(() => undefined);
    } while (this.#again && !this.#closed);
  }

  async #tickOnce(): Promise<void> {
    const nowMs = this.#ports.nowMs();
    // A clock that went back has made plans for a time that is still to come.
    if (nowMs < this.#lastTickMs) for (const tenant of this.#tenants.keys()) this.#stale.add(tenant);
    this.#lastTickMs = nowMs;
    const tenants = await this.#ports.tenants();
    // One that was suspended has nothing due; what still runs of it ends by itself.
    for (const tenant of this.#tenants.keys()) {
      if (tenants.includes(tenant)) continue;
      this.#tenants.delete(tenant);
      this.#stale.add(tenant);
    }
    for (const tenant of tenants) {
      const revision = await this.#ports.revision(tenant);
      if (this.#stale.delete(tenant) || this.#revisions.get(tenant) !== revision) await this.#read(tenant);
      this.#revisions.set(tenant, revision);
    }
    const news = new Set<string>();
    for (const [tenant, entries] of this.#tenants) {
      for (const entry of entries.values()) {
        if (entry.running || entry.lookAtMs > nowMs) continue;
        await this.#look(tenant, entry, nowMs);
        const telling = tellingOf(entry, nowMs);
        if (telling !== entry.told) news.add(tenant);
        entry.told = telling;
      }
    }
    this.#startWaiting();
    for (const tenant of news) this.#ports.onChange(tenant);
  }

  /** What runs goes on running; what is known of the others is made new. */
  async #read(tenant: string): Promise<void> {
    const before = this.#tenants.get(tenant);
    const entries = new Map<string, Entry>();
    for (const source of await this.#ports.load(tenant, null)) {
      const known = before?.get(source.name);
      entries.set(source.name, {
        source,
        running: known?.running ?? false,
        // Until it has ended: it may have no job yet by which it could be seen.
        due: known?.running === true ? known.due : null,
        dueSinceMs: known?.due === null || known === undefined ? 0 : known.dueSinceMs,
        waitsFor: null,
        lookAtMs: 0,
        told: known?.told ?? '',
      });
    }
    this.#tenants.set(tenant, entries);
    this.#ports.onChange(tenant);
  }

  async #look(tenant: string, entry: Entry, nowMs: number): Promise<void> {
    const { source } = entry;
    const { profile } = source;
    entry.due = null;
    if (profile === null) {
      entry.lookAtMs = Infinity;
      return;
    }
    const plan = planRuns(profile.periods, historyOf(source, nowMs), optionsOf(entry, nowMs), nowMs);
    for (const skipped of plan.skipped) await this.#ports.miss(tenant, source.name, profile.id, skipped);
    if (plan.skipped.length > 0) entry.source = (await this.#readOne(tenant, source.name)) ?? source;
    const blackoutMs = blackoutEndMs(profile.blackouts, profile.zone, nowMs);
    entry.lookAtMs = plan.nextMs ?? Infinity;
    if (plan.due === null) {
      entry.dueSinceMs = 0;
      entry.waitsFor = null;
      return;
    }
    if (entry.dueSinceMs === 0) entry.dueSinceMs = nowMs;
    entry.due = plan.due;
    entry.waitsFor = blackoutMs === null ? await this.#ports.obstacle(tenant, source) : 'the end of a blackout';
    if (entry.waitsFor === null) entry.waitsFor = waitsForTurn;
    else entry.lookAtMs = Math.min(entry.lookAtMs, blackoutMs ?? nowMs + waitingLookMs);
  }

  /** Whoever has waited longest for a good snapshot comes first. */
  #startWaiting(): void {
    const ready: { tenant: string; entry: Entry }[] = [];
    for (const [tenant, entries] of this.#tenants) {
      for (const entry of entries.values())
        if (entry.due !== null && !entry.running && entry.waitsFor === waitsForTurn) ready.push({ tenant, entry });
    }
    ready.sort(({ entry: a }, { entry: b }) => ageOf(a) - ageOf(b) || a.dueSinceMs - b.dueSinceMs);
    for (const { tenant, entry } of ready) {
      if (this.#closed || this.#running >= this.#atOnce) return;
      this.#start(tenant, entry);
    }
  }

  #start(tenant: string, entry: Entry): void {
    const { due, source } = entry;
    if (due === null || source.profile === null) return;
    entry.running = true;
    entry.waitsFor = null;
    this.#running += 1;
    void this.#ports
      .run(tenant, source.name, source.profile.id, due)
      .catch(() => false)
      .then((ran) => this.#ended(tenant, source.name, ran));
    this.#ports.onChange(tenant);
  }

  async #ended(tenant: string, name: string, ran: boolean): Promise<void> {
    this.#running -= 1;
    const source = await this.#readOne(tenant, name);
    // All may have been read anew meanwhile: what was known before is no longer looked at.
    const entry = this.#tenants.get(tenant)?.get(name);
    if (entry !== undefined) {
      if (source !== null) entry.source = source;
      entry.running = false;
      entry.due = null;
      entry.dueSinceMs = 0;
      entry.lookAtMs = ran ? 0 : this.#ports.nowMs() + waitingLookMs;
    }
    this.#ports.onChange(tenant);
    if (!this.#closed) void this.tick();
  }

  /** Null where it is gone, or cannot be read: then it is read with all others by the next tick. */
  async #readOne(tenant: string, name: string): Promise<ScheduledSource | null> {
    try {
      const [source] = await this.#ports.load(tenant, [name]);
      return source ?? null;
    } catch {
      this.changed(tenant);
      return null;
    }
  }

  *#entries(): Generator<Entry, void> {
    for (const entries of this.#tenants.values()) yield* entries.values();
  }
}

/**
 * Answers are of a profile: another one with periods of the same names begins anew. What a clock that was ahead has
 * answered, or failed at, counts once its time has come.
 */
function historyOf({ profile, history }: ScheduledSource, nowMs: number): Parameters<typeof planRuns>[1] {
  const answered: Record<string, number> = {};
  for (const { id } of profile?.periods ?? []) {
    const past = (history.answered[`${profile?.id ?? ''} ${id}`] ?? []).filter((ms) => ms <= nowMs);
    if (past.length > 0) answered[id] = Math.max(...past);
  }
  const isPast = history.failed !== null && history.failed.endedAtMs <= nowMs;
  return { answered, failed: isPast ? history.failed : null, isRunning: false };
}

/** What was found to be due in time stays in time while it waits here. */
function optionsOf({ source, dueSinceMs }: Entry, nowMs: number): Parameters<typeof planRuns>[2] {
  const waited = dueSinceMs === 0 ? 0 : Math.max(0, nowMs - dueSinceMs);
  return {
    zone: source.profile?.zone ?? 'UTC',
    pausedUntilMs: source.pausedUntilMs,
    graceMs: graceMs + waited,
  };
}

function ageOf({ source }: Entry): number {
  return source.newestGoodAtMs ?? -Infinity;
}

/** Other once anything has begun or ended to be due, to wait, or to be paused. */
function tellingOf({ source, due, waitsFor }: Entry, nowMs: number): string {
  return `${due?.occurrenceMs ?? ''} ${isPaused(source, nowMs)} ${waitsFor ?? ''}`;
}

function isPaused({ pausedUntilMs }: ScheduledSource, nowMs: number): boolean {
  return pausedUntilMs !== null && pausedUntilMs > nowMs;
}

function view({ source, due, waitsFor, running }: Entry, nowMs: number): SourcePlanView {
  const { profile, pausedUntilMs } = source;
  const paused = isPaused(source, nowMs);
  return {
    source: source.name,
    profile: profile?.id ?? null,
    due: due?.periods ?? [],
    next: profile === null ? null : nextRun(profile.periods, { ...profile, pausedUntilMs }, profile.blackouts, nowMs),
    pausedUntilMs: paused ? pausedUntilMs : null,
    waitsFor: running || waitsFor === waitsForTurn ? null : paused ? 'the end of a pause' : waitsFor,
    isRunning: running,
  };
}
