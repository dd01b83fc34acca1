/** What a console says of itself to Prometheus, from the same facts that its alerts are decided by. Pure. */
import type { AlertLevel } from './alerts.ts';
import type { AlertFacts } from './alert-rules.ts';
import type { Metric, Sample } from './metrics.ts';
import type { DrillFacts } from './drill-alerts.ts';
import { outlookOf } from './storage.ts';
import type { ScrubCoverage } from './scrub.ts';
import { isOverdue, type SourceFacts } from './source-alerts.ts';

/** The newest run of a source that has ended. Times are epoch milliseconds. */
export type RunFacts = {
  readonly state: string;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number;
  /** Null where the run did not come so far. */
  readonly bytesAdded: number | null;
  readonly bytesStored: number | null;
  readonly bytesTotal: number | null;
};

export type MetricFacts = {
  readonly tenant: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly alertFacts: Pick<
    AlertFacts,
    'nowMs' | 'zone' | 'sources' | 'repositories' | 'sites' | 'peers' | 'frozen' | 'takenOver' | 'drills'
  >;
  /** By the name of the source. */
  readonly runs: Readonly<Record<string, RunFacts>>;
  /** By the name of the source; one without is not in it. */
  readonly snapshots: Readonly<Record<string, number>>;
  /** By id of the connection. */
  readonly coverage: Readonly<Record<string, ScrubCoverage>>;
  readonly queues: readonly { readonly site: string; readonly state: string; readonly count: number }[];
  readonly jobs: readonly { readonly kind: string; readonly state: string }[];
  readonly alerts: Readonly<Record<AlertLevel, number>>;
};

/** So many series are bearable for whoever reads them; the number of all of them is told beside. */
export const mostSources = 2000;

export function consoleMetrics(facts: MetricFacts): Metric[] {
  const { tenant, alertFacts } = facts;
  const metric = (name: string, help: string, samples: readonly (Sample | null)[]): Metric => ({
    name: `holdfast_${name}`,
    help,
    samples: samples
      .filter((sample) => sample !== null)
      .map(({ labels, value }) => ({ labels: { tenant, ...labels }, value })),
  });
  const all = (alertFacts.sources ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const sources = all.slice(0, mostSources);
  return [
    metric('info', 'The program that answers.', [one({ version: facts.version })]),
    metric('start_time_seconds', 'When the engine began.', [seconds({}, facts.startedAtMs)]),
    metric('frozen', '1 while everything is frozen because of an incident.', [flag({}, alertFacts.frozen !== null)]),
    metric('passive', '1 while another console has taken over from this one.', [
      flag({}, alertFacts.takenOver !== null),
    ]),
    metric(
      'alerts',
      'Open alerts.',
      Object.entries(facts.alerts).map(([level, value]) => ({ labels: { level }, value })),
    ),
    metric('jobs', 'Jobs that have not ended.', counted(facts.jobs)),
    metric('sources', 'Registered sources.', alertFacts.sources === null ? [] : [{ labels: {}, value: all.length }]),
    ...ofSources(metric, sources, facts),
    ...ofDrills(metric, alertFacts.drills ?? []),
    ...ofRepositories(metric, facts),
    ...ofStorage(metric, facts),
    ...ofSites(metric, facts),
  ];
}

type Make = (name: string, help: string, samples: readonly (Sample | null)[]) => Metric;

function ofSources(metric: Make, sources: readonly SourceFacts[], facts: MetricFacts): Metric[] {
  const each = (value: (source: SourceFacts, labels: Sample['labels']) => Sample | null) =>
    sources.map((source) => value(source, { source: source.name }));
  const ofRun = (value: (run: RunFacts, labels: Sample['labels']) => Sample | null) =>
    each(({ name }, labels) => {
      const run = Object.hasOwn(facts.runs, name) ? facts.runs[name] : undefined;
      return run === undefined ? null : value(run, labels);
    });
  return [
    metric(
      'source_newest_good_timestamp_seconds',
      'When the newest complete snapshot of a source was taken.',
      each(({ newestGoodAtMs }, labels) => seconds(labels, newestGoodAtMs)),
    ),
    metric(
      'source_rpo_seconds',
      'How old the newest complete snapshot may be.',
      each(({ rpoMs }, labels) => seconds(labels, rpoMs)),
    ),
    metric(
      'source_overdue',
      '1 while the newest complete snapshot is older than it may be. Missing while that cannot be judged.',
      each((source, labels) => {
        const overdue = isOverdue(source, facts.alertFacts.nowMs);
        return overdue === null ? null : flag(labels, overdue);
      }),
    ),
    metric(
      'source_suspect',
      '1 while a snapshot of a source is suspect.',
      each(({ suspect }, labels) => flag(labels, suspect !== null)),
    ),
    metric(
      'source_snapshots',
      'Snapshots of a source in all repositories that were read.',
      each(({ name }, labels) => ({
        labels,
        value: (Object.hasOwn(facts.snapshots, name) ? facts.snapshots[name] : undefined) ?? 0,
      })),
    ),
    metric(
      'source_last_run_state',
      'How the newest run of a source ended: 1 with that state.',
      ofRun(({ state }, labels) => one({ ...labels, state })),
    ),
    metric(
      'source_last_run_timestamp_seconds',
      'When the newest run of a source ended.',
      ofRun(({ endedAtMs }, labels) => seconds(labels, endedAtMs)),
    ),
    metric(
      'source_last_run_duration_seconds',
      'How long the newest run of a source took.',
      ofRun(({ startedAtMs, endedAtMs }, labels) =>
        seconds(labels, startedAtMs === null ? null : endedAtMs - startedAtMs),
      ),
    ),
    metric(
      'source_last_run_bytes',
      'What the newest run of a source looked at (total), found new (added) and wrote (stored).',
      (['total', 'added', 'stored'] as const).flatMap((what) =>
        ofRun(({ bytesTotal, bytesAdded, bytesStored }, labels) => {
          const value = { total: bytesTotal, added: bytesAdded, stored: bytesStored }[what];
          return value === null ? null : { labels: { ...labels, what }, value };
        }),
      ),
    ),
  ];
}

function ofRepositories(metric: Make, { alertFacts, coverage }: MetricFacts): Metric[] {
  const repositories = alertFacts.repositories ?? [];
  const covered = repositories.flatMap(({ id, name }) => {
    const of = Object.hasOwn(coverage, id) ? coverage[id] : undefined;
    return of === undefined ? [] : [{ labels: { repository: name }, of }];
  });
  return [
    metric(
      'repository_state',
      'How a connected repository stands: 1 with that state.',
      repositories.map(({ name, state }) => one({ repository: name, state })),
    ),
    metric(
      'repository_damaged_files',
      'Damage that is known and not repaired.',
      repositories.map(({ name, integrity }) =>
        integrity === undefined ? null : { labels: { repository: name }, value: integrity.damage },
      ),
    ),
    metric(
      'repository_lost_items',
      'What the newest repair could find no good copy of.',
      repositories.map(({ name, integrity }) =>
        integrity === undefined ? null : { labels: { repository: name }, value: integrity.repair?.lost ?? 0 },
      ),
    ),
    metric(
      'repository_stored_bytes',
      'Bytes of its files.',
      covered.map(({ labels, of }) => ({ labels, value: of.totalBytes })),
    ),
    metric(
      'repository_scrubbed_bytes',
      'Bytes of its files that were read and found good within the set time.',
      covered.map(({ labels, of }) => ({ labels, value: of.readBytes })),
    ),
  ];
}

function ofDrills(metric: Make, all: readonly DrillFacts[]): Metric[] {
  const drills = all.slice(0, mostSources);
  const each = (value: (drill: DrillFacts, labels: Sample['labels']) => Sample | null) =>
    drills.map((drill) => value(drill, { source: drill.source }));
  return [
    metric(
      'source_last_drill_timestamp_seconds',
      'When the newest drill of a source began. Missing where none did.',
      each(({ last }, labels) => seconds(labels, last?.startedAtMs ?? null)),
    ),
    metric(
      'source_last_drill_passed',
      '1 where the newest drill of a source passed.',
      each(({ last }, labels) => (last === null ? null : flag(labels, last.state === 'passed'))),
    ),
    metric(
      'source_drill_overdue',
      '1 while a drill is due and did not begin.',
      each(({ overdueSinceMs }, labels) => flag(labels, overdueSinceMs !== null)),
    ),
    metric(
      'source_recovery_seconds',
      'How long it takes to bring a source back, by its drills: measured, or estimated from a part. Missing where none says.',
      each(({ rto, source }) => (rto === null ? null : seconds({ source, basis: rto.basis }, rto.ms))),
    ),
    metric(
      'source_rto_seconds',
      'How long that may take. Missing where no profile says.',
      each(({ rtoMs }, labels) => seconds(labels, rtoMs)),
    ),
  ];
}

function ofStorage(metric: Make, { alertFacts }: MetricFacts): Metric[] {
  const stores = (alertFacts.repositories ?? []).flatMap(({ name, store }) =>
    store === undefined ? [] : [{ labels: { repository: name }, store, outlook: outlookOf(store, alertFacts.nowMs) }],
  );
  return [
    metric(
      'repository_used_bytes',
      'Bytes of the files of a repository, as measured last.',
      stores.map(({ labels, outlook: { usedBytes } }) => (usedBytes === null ? null : { labels, value: usedBytes })),
    ),
    metric(
      'repository_capacity_bytes',
      'Bytes that fit where a repository lies. Missing where nobody knows.',
      stores.map(({ labels, store: { fitsBytes } }) => (fitsBytes === null ? null : { labels, value: fitsBytes })),
    ),
    metric(
      'repository_growth_bytes_per_day',
      'What a repository usually grows by. Missing while too little is known.',
      stores.map(({ labels, outlook: { forecast } }) =>
        forecast.growth === null ? null : { labels, value: forecast.growth.bytesPerDay },
      ),
    ),
    metric(
      'repository_full_timestamp_seconds',
      'When a repository is likely full. Missing where that is not in sight.',
      stores.map(({ labels, outlook: { forecast } }) =>
        seconds(labels, forecast.state === 'known' ? forecast.likelyAtMs : null),
      ),
    ),
    metric(
      'repository_full_under_locks',
      '1 while a repository is likely full before anything that is locked there may be removed.',
      stores.map(({ labels, outlook }) => (outlook.usedBytes === null ? null : flag(labels, outlook.isFullUnderLocks))),
    ),
  ];
}

function ofSites(metric: Make, { alertFacts, queues }: MetricFacts): Metric[] {
  const sites = alertFacts.sites ?? [];
  const { nowMs } = alertFacts;
  return [
    metric(
      'site_answers',
      '1 while a site answers.',
      sites.map(({ name, silentSinceMs }) => flag({ site: name }, silentSinceMs === null)),
    ),
    metric(
      'site_behind_seconds',
      'For how long the oldest snapshot that is not at a site has been waiting. Missing where no limit is set.',
      sites.map(({ name, lagLimitMs, behind }) =>
        lagLimitMs === null ? null : seconds({ site: name }, behind === null ? 0 : nowMs - behind.sinceMs),
      ),
    ),
    metric(
      'site_queue',
      'Snapshots on their way to a site, by state.',
      queues.map(({ site, state, count }) => ({ labels: { site, state }, value: count })),
    ),
    metric(
      'peer_state',
      'How a watched console stands: 1 with that state.',
      (alertFacts.peers ?? []).map(({ name, state }) => (state === null ? null : one({ peer: name, state }))),
    ),
  ];
}

function one(labels: Sample['labels']): Sample {
  return { labels, value: 1 };
}

function flag(labels: Sample['labels'], holds: boolean): Sample {
  return { labels, value: holds ? 1 : 0 };
}

function seconds(labels: Sample['labels'], ms: number | null): Sample | null {
  return ms === null ? null : { labels, value: ms / 1000 };
}

function counted(jobs: MetricFacts['jobs']): Sample[] {
  const counts = new Map<string, { labels: { kind: string; state: string }; value: number }>();
  for (const { kind, state } of jobs) {
    const key = `${kind} ${state}`;
    const sample = counts.get(key) ?? { labels: { kind, state }, value: 0 };
    sample.value += 1;
    counts.set(key, sample);
  }
  return [...counts.values()];
}
