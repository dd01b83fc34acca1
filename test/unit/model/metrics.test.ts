import { describe, expect, test } from 'vitest';
import { consoleMetrics, mostSources, type MetricFacts } from '../../../shared/model/console-metrics.ts';
import { metricsText, type Metric } from '../../../shared/model/metrics.ts';
import type { SourceFacts } from '../../../shared/model/source-alerts.ts';
import { factsAtMs as nowMs, soundSource as source } from '../../support/source-facts.ts';

const hour = 3_600_000;

function facts(sources: SourceFacts[] | null, change: Partial<MetricFacts> = {}): MetricFacts {
  return {
    tenant: 'default',
    version: '1.2.3',
    startedAtMs: nowMs - hour,
    alertFacts: {
      nowMs,
      zone: 'UTC',
      sources,
      repositories: [{ id: 'r1', name: 'disk', state: 'unreachable', sinceMs: nowMs, waiting: [] }],
      sites: [],
      peers: [],
      frozen: null,
      takenOver: null,
    },
    runs: {},
    snapshots: {},
    coverage: {},
    queues: [],
    jobs: [],
    alerts: { info: 0, warning: 1, error: 2 },
    ...change,
  };
}

const of = (metrics: readonly Metric[], name: string): unknown =>
  metrics.find((metric) => metric.name === `holdfast_${name}`)?.samples.map(({ labels, value }) => [labels, value]);

describe('figures as text', () => {
  test('carry quotes, backslashes and ends of lines in names as they are', () => {
    const labels = { name: 'a "b" \\ c\nd{e="f"} 1' };
    const text = metricsText([{ name: 'x', help: 'Of one\nline \\.', samples: [{ labels, value: 1.5 }] }]);
    expect(text).toBe(
      '# HELP x Of one\\nline \\\\.\n# TYPE x gauge\nx{name="a \\"b\\" \\\\ c\\nd{e=\\"f\\"} 1"} 1.5\n',
    );
  });

  test('say nothing of what is not known', () => {
    expect(metricsText([{ name: 'x', help: 'Nothing.', samples: [] }])).toBe('');
    expect(metricsText([{ name: 'x', help: 'All.', samples: [{ labels: {}, value: 0 }] }])).toContain('\nx 0\n');
  });
});

describe('what a console says of itself', () => {
  test('is whether each source is as fresh as it has to be, where that can be judged', () => {
    const metrics = consoleMetrics(
      facts([
        source({ name: 'late', newestGoodAtMs: nowMs - 3 * hour }),
        source({ name: 'fine' }),
        source({ name: 'unread', newestGoodAtMs: null, unread: true }),
        source({ name: 'without a limit', rpoMs: null }),
      ]),
    );
    expect(of(metrics, 'source_overdue')).toEqual([
      [{ tenant: 'default', source: 'fine' }, 0],
      [{ tenant: 'default', source: 'late' }, 1],
    ]);
    expect(of(metrics, 'source_newest_good_timestamp_seconds')).toContainEqual([
      { tenant: 'default', source: 'late' },
      (nowMs - 3 * hour) / 1000,
    ]);
  });

  test('is nothing of sources while nobody can tell which there are', () => {
    const metrics = consoleMetrics(facts(null));
    expect(of(metrics, 'sources')).toEqual([]);
    expect(of(metrics, 'source_suspect')).toEqual([]);
    expect(of(metrics, 'repository_state')).toEqual([
      [{ tenant: 'default', repository: 'disk', state: 'unreachable' }, 1],
    ]);
  });

  test('takes no name of a source for a part of the program', () => {
    const metrics = consoleMetrics(facts([source({ name: '__proto__' }), source({ name: 'constructor' })]));
    expect(of(metrics, 'source_last_run_state')).toEqual([]);
    expect(of(metrics, 'source_snapshots')).toEqual([
      [{ tenant: 'default', source: '__proto__' }, 0],
      [{ tenant: 'default', source: 'constructor' }, 0],
    ]);
  });

  test('has series of so many sources at most, and counts them all', () => {
    const many = Array.from({ length: mostSources + 5 }, (_, at) => source({ name: `source ${at}` }));
    const metrics = consoleMetrics(facts(many));
    expect(of(metrics, 'sources')).toEqual([[{ tenant: 'default' }, mostSources + 5]]);
    expect(of(metrics, 'source_overdue')).toHaveLength(mostSources);
  });

  test('is what drills have found, and nothing where none was made', () => {
    const usual = facts([]);
    const drilled = {
      source: 'papers',
      last: { drill: 'd1', state: 'failed' as const, startedAtMs: nowMs - hour, problem: 'A file is missing.' },
      overdueSinceMs: null,
      rto: {
        ms: 90_000,
        basis: 'measured' as const,
        bytes: 10,
        wholeBytes: 10,
        restoreMs: 90_000,
        atMs: nowMs - hour,
      },
      rtoMs: 60_000,
    };
    const never = { source: 'photos', last: null, overdueSinceMs: nowMs - hour, rto: null, rtoMs: null };
    const metrics = consoleMetrics({ ...usual, alertFacts: { ...usual.alertFacts, drills: [drilled, never] } });
    const papers = { tenant: 'default', source: 'papers' };
    expect(of(metrics, 'source_last_drill_passed')).toEqual([[papers, 0]]);
    expect(of(metrics, 'source_last_drill_timestamp_seconds')).toEqual([[papers, (nowMs - hour) / 1000]]);
    expect(of(metrics, 'source_recovery_seconds')).toEqual([[{ ...papers, basis: 'measured' }, 90]]);
    expect(of(metrics, 'source_rto_seconds')).toEqual([[papers, 60]]);
    expect(of(metrics, 'source_drill_overdue')).toEqual([
      [papers, 0],
      [{ tenant: 'default', source: 'photos' }, 1],
    ]);
  });

  test('counts jobs by kind and state', () => {
    const jobs = [
      { kind: 'protect', state: 'running' },
      { kind: 'sync', state: 'queued' },
      { kind: 'protect', state: 'running' },
    ];
    expect(of(consoleMetrics(facts([], { jobs })), 'jobs')).toEqual([
      [{ tenant: 'default', kind: 'protect', state: 'running' }, 2],
      [{ tenant: 'default', kind: 'sync', state: 'queued' }, 1],
    ]);
  });
});
