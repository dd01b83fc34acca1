/** Sync: how far each site is behind, what waits for it, and what was sent in a period. */
import {
  bytes,
  count,
  duration,
  figure,
  nothing,
  noteOf,
  shownRows,
  time,
  words,
  type ReportBody,
  type ReportCell,
  type ReportMoment,
} from './document.ts';

/** Times are epoch milliseconds. */
export type SyncSite = {
  readonly name: string;
  readonly state: 'open' | 'locked' | 'unreachable' | 'unconnected';
  readonly enabled: boolean;
  readonly paused: boolean;
  readonly primary: boolean;
  readonly seenAtMs: number | null;
  readonly lagLimitMs: number | null;
  readonly waiting: number;
  readonly failed: number;
  readonly lag: readonly {
    readonly source: string;
    readonly newestAtMs: number | null;
    readonly sentAtMs: number | null;
    /** Null: nothing was sent yet. */
    readonly lagMs: number | null;
    readonly behindSinceMs: number | null;
  }[];
  /** Of the period. */
  readonly sent: {
    readonly snapshots: number;
    readonly skipped: number;
    readonly failed: number;
    readonly bytes: number;
    readonly netBytes: number;
    /** Together, of what was sent one after the other. */
    readonly durationMs: number;
  };
};

export type SyncFacts = {
  readonly sites: readonly SyncSite[];
  readonly failures: readonly {
    readonly site: string;
    readonly source: string;
    readonly atMs: number;
    readonly message: string;
  }[];
  readonly unknown: readonly string[];
};

export function syncReport({ sites, failures, unknown }: SyncFacts, { zone, nowMs }: ReportMoment): ReportBody {
  const others = sites.filter(({ primary }) => !primary);
  const late = others.filter((site) => isLate(site, nowMs));
  const away = others.filter(({ state, enabled }) => enabled && state !== 'open');
  const total = (of: (site: SyncSite) => number): number => others.reduce((sum, site) => sum + of(site), 0);
  const behind = others
    .flatMap((site) => site.lag.filter(({ behindSinceMs }) => behindSinceMs !== null).map((lag) => ({ site, lag })))
    .toSorted((a, b) => (a.lag.behindSinceMs ?? 0) - (b.lag.behindSinceMs ?? 0));
  const shownBehind = shownRows(behind);
  const shownFailures = shownRows(failures);
  return {
    lead: leadOf(others, late.length, away.length),
    figures: [
      figure('sites', 'Sites', count(others.length)),
      figure('late', 'Later than allowed', count(late.length, late.length > 0 ? 'bad' : undefined)),
      figure('away', 'Not reached', count(away.length, away.length > 0 ? 'warning' : undefined)),
      figure('waiting', 'Waiting to be sent', count(total(({ waiting }) => waiting))),
      figure(
        'failed',
        'Failed for good',
        count(
          total(({ failed }) => failed),
          total(({ failed }) => failed) > 0 ? 'bad' : undefined,
        ),
      ),
      figure('sent_snapshots', 'Snapshots sent', count(total(({ sent }) => sent.snapshots))),
      figure('sent_bytes', 'Transferred', bytes(total(({ sent }) => sent.netBytes))),
    ],
    tables: [
      {
        key: 'sites',
        title: 'Sites',
        note: 'The lag is of the source that is furthest behind: what would be missing if only the site were left.',
        columns: [
          { key: 'site', title: 'Site', share: 20 },
          { key: 'state', title: 'State', share: 14 },
          { key: 'seen_at', title: 'Last answer', share: 15 },
          { key: 'lag_ms', title: 'Lag', share: 10, align: 'right' },
          { key: 'allowed_ms', title: 'Allowed', share: 9, align: 'right' },
          { key: 'waiting', title: 'Waiting', share: 8, align: 'right' },
          { key: 'failed', title: 'Failed', share: 7, align: 'right' },
          { key: 'sent_snapshots', title: 'Sent', share: 7, align: 'right' },
          { key: 'sent_bytes', title: 'Transferred', share: 11, align: 'right' },
          { key: 'rate_bytes_per_second', title: 'Mean rate', share: 11, align: 'right' },
        ],
        rows: others.map((site) => [
          words(site.name),
          stateCell(site),
          time(site.seenAtMs, zone),
          lagCell(site, nowMs),
          duration(site.lagLimitMs),
          count(site.waiting),
          count(site.failed, site.failed > 0 ? 'bad' : undefined),
          count(site.sent.snapshots),
          bytes(site.sent.netBytes),
          rateCell(site),
        ]),
        empty: 'There are no sites: no copy is kept elsewhere.',
      },
      {
        key: 'behind',
        title: 'Sources that are behind at a site, longest first',
        note: shownBehind.left,
        columns: [
          { key: 'site', title: 'Site', share: 22 },
          { key: 'source', title: 'Source', share: 28 },
          { key: 'newest_at', title: 'Newest', share: 17 },
          { key: 'sent_at', title: 'Newest there', share: 17 },
          { key: 'behind_ms', title: 'Behind for', share: 16, align: 'right' },
        ],
        rows: shownBehind.rows.map(({ site, lag }) => [
          words(site.name),
          words(lag.source),
          time(lag.newestAtMs, zone),
          lag.sentAtMs === null ? { text: 'nothing yet', value: null, tone: 'bad' as const } : time(lag.sentAtMs, zone),
          duration(lag.behindSinceMs === null ? null : Math.max(0, nowMs - lag.behindSinceMs)),
        ]),
        empty: 'None: each site has the newest of what is sent to it.',
      },
      {
        key: 'failures',
        title: 'What could not be sent in this time',
        note: noteOf(shownFailures.left),
        columns: [
          { key: 'at', title: 'When', share: 16 },
          { key: 'site', title: 'Site', share: 18 },
          { key: 'source', title: 'Source', share: 22 },
          { key: 'message', title: 'What happened', share: 44 },
        ],
        rows: shownFailures.rows.map(({ site, source, atMs, message }) => [
          time(atMs, zone),
          words(site),
          words(source),
          words(message, 'bad'),
        ]),
        empty: 'None.',
      },
    ],
    unknown: [
      ...away.map(
        ({ name, state }) =>
          `${name} is ${state === 'unreachable' ? 'not reached' : state}: what it holds is as it was seen last.`,
      ),
      ...unknown,
    ],
    facts: ['Sites, rules and the queue of this console; what each site holds, as it was seen last.'],
  };
}

function leadOf(sites: readonly SyncSite[], late: number, away: number): string {
  if (sites.length === 0) return 'There are no sites: no copy is kept elsewhere.';
  const said =
    late === 0 ? 'No site is later than allowed.' : `${late} of ${sites.length} sites are later than allowed.`;
  return away === 0 ? said : `${said} ${away} ${away === 1 ? 'is' : 'are'} not reached.`;
}

function longestBehind({ lag }: SyncSite, nowMs: number): number {
  return Math.max(0, ...lag.map(({ behindSinceMs }) => (behindSinceMs === null ? 0 : nowMs - behindSinceMs)));
}

function isLate(site: SyncSite, nowMs: number): boolean {
  return site.enabled && site.lagLimitMs !== null && longestBehind(site, nowMs) > site.lagLimitMs;
}

function lagCell(site: SyncSite, nowMs: number): ReportCell {
  if (site.lag.length === 0) return nothing;
  if (site.lag.some(({ lagMs }) => lagMs === null)) return { text: 'nothing sent', value: null, tone: 'warning' };
  const worst = Math.max(...site.lag.map(({ lagMs }) => lagMs ?? 0));
  return worst === 0
    ? { text: 'none', value: 0, tone: 'good' }
    : duration(worst, isLate(site, nowMs) ? 'bad' : undefined);
}

function rateCell({ sent }: SyncSite): ReportCell {
  if (sent.durationMs < 1000 || sent.netBytes === 0) return nothing;
  const value = sent.netBytes / (sent.durationMs / 1000);
  return { text: `${bytes(value).text}/s`, value: Math.round(value) };
}

function stateCell({ state, enabled, paused, failed }: SyncSite): ReportCell {
  if (!enabled) return words('switched off', 'warning');
  if (paused) return words('paused', 'warning');
  const said = { open: 'answers', locked: 'locked', unreachable: 'not reached', unconnected: 'not connected' }[state];
  return { text: said, value: state, tone: state !== 'open' ? 'bad' : failed > 0 ? 'warning' : 'good' };
}
