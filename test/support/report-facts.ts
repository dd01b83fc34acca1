/** Facts for reports: of nothing, of one source, of very many with names that are hard to show. */
import type { BackupFacts } from '../../shared/model/reports/backups.ts';
import { auditReport } from '../../shared/model/reports/audit.ts';
import { backupsReport } from '../../shared/model/reports/backups.ts';
import { reportKind } from '../../shared/model/reports/catalog.ts';
import type { ReportBody, ReportDocument, ReportName } from '../../shared/model/reports/document.ts';
import { drillsReport } from '../../shared/model/reports/drills.ts';
import { freshnessReport } from '../../shared/model/reports/freshness.ts';
import { gapsReport } from '../../shared/model/reports/gaps.ts';
import { retentionReport } from '../../shared/model/reports/retention.ts';
import type { ReportSource } from '../../shared/model/reports/source-facts.ts';
import { storageReport } from '../../shared/model/reports/storage.ts';
import { syncReport } from '../../shared/model/reports/sync.ts';
import { tenantsReport } from '../../shared/model/reports/tenants.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
export const nowMs = Date.UTC(2026, 10, 30, 8, 0);
export const moment = { nowMs, zone: 'Europe/Berlin' };
export const period = { fromMs: nowMs - 30 * dayMs, toMs: nowMs };

export const hardNames = [
  'payroll-db',
  'a-name-that-goes-on-and-on-without-any-blank-and-is-wider-than-every-column-that-there-is-on-paper-x',
  'גיבוי-המשרד',
  'отчёты бухгалтерии',
  '=cmd|calc!A1',
  'Büro Straße <b>bold</b>, "quoted"',
  'nonbreaking\u00a0space\u202eevil',
];

export function sourceOf(at: number, name = `source-${String(at).padStart(4, '0')}`): ReportSource {
  const newest = at % 17 === 3 ? null : nowMs - (at % 40) * hourMs;
  return {
    name,
    kind: ['folder', 'git', 's3-bucket', 'ec2'][at % 4] ?? 'folder',
    profile: at % 9 === 4 ? null : 'Daily, with a year of months',
    rpoMs: at % 11 === 5 ? null : dayMs,
    newestGoodAtMs: newest,
    oldestAtMs: newest === null ? null : newest - 90 * dayMs,
    snapshots: newest === null ? 0 : 12 + (at % 90),
    bytes: newest === null ? null : 1024 ** 3 * (at + 1),
    files: newest === null ? null : 1_000 * at,
    paused: at % 23 === 7,
    lastRun: newest === null ? 'failed' : 'done',
    rto: at % 3 === 0 ? { ms: 40 * 60_000 + at * 1_000, basis: 'measured', words: '40 min measured' } : null,
    everDrilled: at % 3 === 0,
    copies: { count: 1 + (at % 3), offsite: at % 2, isEnough: at % 3 === 2 && at % 2 === 1 },
  };
}

export function sourcesOf(count: number): readonly ReportSource[] {
  return Array.from({ length: count }, (_, at) => sourceOf(at, count > 20 ? hardNames[at] : undefined));
}

const repositories = (count: number) =>
  count === 0
    ? []
    : [{ name: 'main', state: 'open' as const }, ...(count > 20 ? [{ name: 'vault', state: 'locked' as const }] : [])];

function totals(at: number): Omit<BackupFacts['sources'][number], 'source' | 'isRemoved'> {
  return {
    runs: 30,
    partial: at % 13 === 1 ? 1 : 0,
    failed: at % 17 === 3 ? 2 : 0,
    missed: at % 29 === 4 ? 1 : 0,
    taken:
      at % 17 === 3
        ? null
        : {
            runs: 28,
            durationMs: { median: 90_000 + at * 100, max: 600_000 + at * 1_000, sum: 28 * 90_000 },
            bytesAdded: 5_000_000 * (at + 1),
            bytesStored: 2_000_000 * (at + 1),
            filesChanged: 400,
          },
  };
}

/** What the report says of so many sources. */
export function bodyOf(name: ReportName, count: number): ReportBody {
  const sources = sourcesOf(count);
  const days = count === 0 ? 0 : 30;
  const date = (at: number): string => new Date(period.fromMs + at * dayMs).toISOString().slice(0, 10);
  switch (name) {
    case 'freshness':
      return freshnessReport({ sources, repositories: repositories(count) }, moment);
    case 'gaps':
      return gapsReport(
        {
          sources,
          repositories: repositories(count),
          unguarded: sources.slice(0, Math.ceil(count / 20)).map((_, at) => ({
            kind: at % 2 === 0 ? ('instance' as const) : ('bucket' as const),
            name: hardNames[at] ?? `i-0123456789abcdef${at}`,
            where: 'eu-central-1, account production',
            bytes: at % 2 === 0 ? 8 * 1024 ** 3 : null,
          })),
          lookedAt: count === 0 ? [] : ['AWS, account production, eu-central-1'],
          notLooked: count > 20 ? ['AWS, account archive: the token has expired.'] : [],
        },
        moment,
      );
    case 'backups':
      return backupsReport(
        {
          sources: sources.map((source, at) => ({ source: source.name, isRemoved: at === 6, ...totals(at) })),
          days: Array.from({ length: days }, (_, at) => ({ date: date(at), ...totals(at) })),
          troubles: sources
            .filter((_, at) => at % 17 === 3)
            .map((source, at) => ({
              source: source.name,
              atMs: nowMs - at * hourMs,
              state: 'failed',
              message: `The share //nas/${'x'.repeat(120)} did not answer within 60 s, and nothing of it could be read.`,
            })),
          moreTroubles: 0,
          systems: sources.slice(0, count > 20 ? 40 : count).map((_, at) => ({
            id: `0123456789abcdef-${at}`,
            description: at % 2 === 0 ? '' : 'before the update of the whole office',
            atMs: nowMs - at * dayMs,
            by: 'cli:anna',
            state: (['full', 'full', 'partial', 'failed'] as const)[at % 4] ?? 'full',
            skewMs: 60_000,
            withinMs: 2_000,
            moment: at % 4 === 1 ? ('apart' as const) : ('within' as const),
            members: sources
              .slice(at, at + 4)
              .map((one, part) => ({ source: one.name, snapshot: at % 4 >= 2 && part === 0 ? null : 'a'.repeat(64) })),
          })),
          moreSystems: count > 20,
        },
        moment,
        period,
      );
    case 'sync':
      return syncReport(
        {
          sites: sources.slice(0, count > 20 ? 40 : count).map((_, at) => ({
            name: count > 20 ? (hardNames[at] ?? `site-${at}`) : 'berlin',
            state: at % 5 === 3 ? ('unreachable' as const) : ('open' as const),
            enabled: true,
            paused: at % 7 === 4,
            primary: false,
            seenAtMs: nowMs - at * hourMs,
            lagLimitMs: dayMs,
            waiting: at,
            failed: at % 6 === 5 ? 2 : 0,
            lag: [
              {
                source: 'payroll-db',
                newestAtMs: nowMs,
                sentAtMs: at % 4 === 1 ? null : nowMs - at * hourMs,
                lagMs: at % 4 === 1 ? null : at * hourMs,
                behindSinceMs: at === 0 ? null : nowMs - at * hourMs,
              },
            ],
            sent: { snapshots: 30, skipped: 0, failed: 0, bytes: 9e9, netBytes: 4e9, durationMs: 600_000 },
          })),
          failures: [],
          unknown: [],
        },
        moment,
      );
    case 'storage':
      return storageReport(
        {
          repositories: repositories(count).map(({ name: repository }, at) => ({
            name: repository,
            location:
              at === 0
                ? '/srv/backup/main'
                : 's3:https://s3.eu-central-1.amazonaws.com/a-bucket-with-a-long-name/and/a/prefix',
            role: at === 0 ? ('primary' as const) : ('site' as const),
            snapshots: 30 * count,
            usedBytes: at === 0 ? 4e11 : null,
            freeBytes: at === 0 ? 6e10 : null,
            storedBytes: 8e10,
            dailyBytes: at === 0 ? 3e9 : null,
            fullAtMs: at === 0 ? nowMs + 20 * dayMs : null,
          })),
          sources: sources.map((source, at) => ({
            ...source,
            addedBytes: 5e6 * (at + 1),
            storedBytes: 2e6 * (at + 1),
          })),
          days: Array.from({ length: days }, (_, at) => ({ date: date(at), storedBytes: 3e9 + at * 1e7 })),
          unknown: [],
        },
        moment,
        period,
      );
    case 'drills':
      return drillsReport(
        {
          sources: sources.map((source, at) => ({
            source: source.name,
            rto:
              source.rto === null
                ? null
                : {
                    ms: source.rto.ms,
                    basis: 'measured',
                    bytes: 1e9,
                    wholeBytes: 1e9,
                    restoreMs: source.rto.ms,
                    atMs: nowMs - dayMs,
                  },
            targetMs: hourMs,
            hasRule: true,
            overdue: at % 10 === 1,
            nextAtMs: nowMs + dayMs,
            coverage: at % 3 === 0 ? 1 : 0,
            isFlaky: at % 15 === 6,
            last: source.everDrilled ? { state: at % 6 === 3 ? 'failed' : 'passed', atMs: nowMs - dayMs } : null,
          })),
          drills: sources
            .filter(({ everDrilled }) => everDrilled)
            .map((source, at) => ({
              source: source.name,
              how: 'sample',
              place: 'folder',
              state: at % 2 === 1 ? 'failed' : 'passed',
              atMs: nowMs - dayMs,
              bytes: 1e9,
              restoreMs: 40_000,
              targetMs: hourMs,
              evidence: 'abcdef0123456789',
              message: at % 2 === 1 ? 'Two files differ from the snapshot: docs/a.txt, docs/b.txt' : null,
            })),
          moreDrills: false,
        },
        moment,
      );
    case 'retention':
      return retentionReport(
        {
          sources: sources.map((source) => ({
            source: source.name,
            profile: source.profile,
            rule: source.profile === null ? 'everything, for ever' : 'daily for 30 days, monthly for 12 months',
            there: 1,
            taken: 30,
            refused: null,
          })),
          kept: sources.map((source, at) => ({
            source: source.name,
            snapshot: at.toString(16).padStart(64, 'a'),
            takenAtMs: nowMs - at * hourMs,
            keep: true,
            untilMs: nowMs + 30 * dayMs,
            reasons: ['daily, for 30 days'],
            lockedUntil: at % 5 === 0 ? new Date(nowMs + 7 * dayMs).toISOString() : null,
          })),
          removed: sources.slice(0, count === 1 ? 1 : 200).map((source, at) => ({
            source: source.name,
            snapshot: at.toString(16).padStart(64, 'b'),
            takenAtMs: nowMs - 40 * dayMs,
            removedAtMs: nowMs - at * hourMs,
            way: at % 7 === 6 ? ('named' as const) : ('expiry' as const),
            reasons: ['its 30 days of daily are over'],
            by: at % 7 === 6 ? 'cli:anna' : 'schedule',
            repository: 'main',
          })),
          moreRemoved: 0,
          recordedSinceMs: count === 0 ? null : nowMs - 10 * dayMs,
          held: 0,
          openReviews: 0,
        },
        moment,
        period,
      );
    case 'audit':
      return auditReport(
        {
          calls: sources.map((source, at) => ({
            seq: count - at,
            atMs: nowMs - at * 60_000,
            actor: at % 3 === 0 ? 'cli:anna' : 'desktop:bert',
            door: at % 3 === 0 ? 'command line' : 'desktop',
            call: 'sources.update',
            words: 'Changed a source',
            targets: `source ${source.name}`,
            outcome: at % 19 === 5 ? 'FORBIDDEN' : 'done',
          })),
          moreCalls: false,
          chains:
            count === 0
              ? []
              : [
                  {
                    chain: '0123456789abcdef',
                    log: 'audit',
                    entries: count,
                    lastAtMs: nowMs,
                    head: 'f'.repeat(64),
                    problems: [],
                    problemCount: 0,
                    unsigned: 2,
                  },
                ],
          key: 'ab12 cd34 ef56',
          trouble: null,
        },
        moment,
      );
    case 'tenants':
      return tenantsReport(
        {
          tenants: sources.slice(0, count > 20 ? 50 : count).map((source, at) => ({
            tenant: count > 20 ? source.name : 'default',
            sources: 10 + at,
            overdue: at % 5 === 2 ? 1 : 0,
            snapshots: 400,
            repositories: 2,
            bytes: 4e11,
            runs: 300,
            failed: at % 6 === 1 ? 3 : 0,
            storedBytes: 9e9 - at,
            openAlerts: at % 4,
            newestAtMs: nowMs - hourMs,
          })),
        },
        moment,
      );
  }
}

export function documentOf(name: ReportName, count: number): ReportDocument {
  const { title, hasPeriod } = reportKind(name);
  return {
    version: 1,
    report: name,
    title,
    period: hasPeriod
      ? {
          from: new Date(period.fromMs).toISOString(),
          to: new Date(period.toMs).toISOString(),
          words: 'the last 30 days',
        }
      : null,
    zone: moment.zone,
    madeAt: new Date(nowMs).toISOString(),
    madeBy: 'cli:anna',
    tenant: 'default',
    home: { host: 'workstation', version: '1.0.0' },
    scope: 'All sources',
    ...bodyOf(name, count),
  };
}
