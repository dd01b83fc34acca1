/** What each tenant uses: for whoever runs this home, and for nobody else. */
import { countOf } from '../units.ts';
import { bytes, count, figure, nothing, time, words, type ReportBody, type ReportMoment } from './document.ts';

/** Times are epoch milliseconds. */
export type TenantUsage = {
  readonly tenant: string;
  readonly sources: number;
  readonly overdue: number;
  readonly snapshots: number;
  readonly repositories: number;
  /** Of the newest snapshots of its sources. */
  readonly bytes: number;
  readonly runs: number;
  readonly failed: number;
  readonly storedBytes: number;
  readonly openAlerts: number;
  readonly newestAtMs: number | null;
};

export function tenantsReport(facts: { readonly tenants: readonly TenantUsage[] }, { zone }: ReportMoment): ReportBody {
  const { tenants } = facts;
  const sum = (of: (one: TenantUsage) => number): number => tenants.reduce((total, one) => total + of(one), 0);
  const overdue = sum((one) => one.overdue);
  return {
    lead:
      tenants.length === 0
        ? 'No tenant has anything yet.'
        : `${tenants.length === 1 ? 'One tenant' : `${tenants.length} tenants`} with ${countOf(
            sum((one) => one.sources),
            'source',
          )}, of ${bytes(sum((one) => one.bytes)).text} together.`,
    figures: [
      figure('tenants', 'Tenants', count(tenants.length)),
      figure('sources', 'Sources', count(sum((one) => one.sources))),
      figure('overdue', 'Over RPO', count(overdue, overdue > 0 ? 'bad' : undefined)),
      figure('size_bytes', 'Protected', bytes(sum((one) => one.bytes))),
      figure('stored_bytes', 'Stored in this time', bytes(sum((one) => one.storedBytes))),
    ],
    tables: [
      {
        key: 'tenants',
        title: 'Tenants, by what they stored',
        note: null,
        columns: [
          { key: 'tenant', title: 'Tenant', share: 24 },
          { key: 'sources', title: 'Sources', share: 8, align: 'right' },
          { key: 'overdue', title: 'Over RPO', share: 9, align: 'right' },
          { key: 'snapshots', title: 'Snapshots', share: 10, align: 'right' },
          { key: 'repositories', title: 'Repositories', share: 11, align: 'right' },
          { key: 'size_bytes', title: 'Protected', share: 11, align: 'right' },
          { key: 'stored_bytes', title: 'Stored', share: 11, align: 'right' },
          { key: 'runs', title: 'Runs', share: 7, align: 'right' },
          { key: 'failed', title: 'Failed', share: 7, align: 'right' },
          { key: 'alerts', title: 'Alerts', share: 7, align: 'right' },
          { key: 'newest_at', title: 'Newest snapshot', share: 16 },
        ],
        rows: tenants
          .toSorted((a, b) => b.storedBytes - a.storedBytes || (a.tenant < b.tenant ? -1 : 1))
          .map((one) => [
            words(one.tenant),
            count(one.sources),
            count(one.overdue, one.overdue > 0 ? 'bad' : undefined),
            count(one.snapshots),
            count(one.repositories),
            bytes(one.bytes),
            bytes(one.storedBytes),
            count(one.runs),
            count(one.failed, one.failed > 0 ? 'bad' : undefined),
            count(one.openAlerts, one.openAlerts > 0 ? 'warning' : undefined),
            one.newestAtMs === null ? nothing : time(one.newestAtMs, zone),
          ]),
        empty: 'No tenant has anything yet.',
      },
    ],
    unknown: [
      'What tenants share in one repository is counted for each of them by its own runs; what lies there twice is stored once.',
    ],
    facts: ['The catalog of this home, by the tenant that each row carries.'],
  };
}
