/** Audit: what was asked of this console, by whom, and whether the log of it was changed since. */
import {
  count,
  figure,
  nothing,
  noteOf,
  shownRows,
  time,
  words,
  type ReportBody,
  type ReportMoment,
} from './document.ts';

/** Times are epoch milliseconds. */
export type AuditFacts = {
  /** Newest first. */
  readonly calls: readonly {
    readonly seq: number;
    readonly atMs: number;
    readonly actor: string;
    readonly door: string;
    readonly call: string;
    /** What was asked, in words. */
    readonly words: string;
    readonly targets: string;
    /** `begun` of a long operation that has another record at its end, `done`, or the code of what went wrong. */
    readonly outcome: string;
  }[];
  readonly moreCalls: boolean;
  readonly chains: readonly {
    readonly chain: string;
    readonly log: string;
    readonly entries: number;
    readonly lastAtMs: number | null;
    readonly head: string;
    readonly problems: readonly string[];
    readonly problemCount: number;
    readonly unsigned: number;
  }[];
  readonly key: string;
  /** Why the newest entries could not be written; null: they were. */
  readonly trouble: string | null;
};

export function auditReport(facts: AuditFacts, { zone }: ReportMoment): ReportBody {
  const { calls, chains, trouble } = facts;
  const refused = calls.filter(isRefused).length;
  const broken = chains.filter(({ problemCount }) => problemCount > 0);
  const isSound = broken.length === 0 && trouble === null;
  const shown = shownRows(calls);
  const actors = Map.groupBy(calls, ({ actor }) => actor);
  return {
    lead: `${isSound ? 'The chains were verified: nothing was changed since it was signed.' : 'THE CHAINS DO NOT VERIFY: see below.'} ${count(calls.length).text} ${calls.length === 1 ? 'line' : 'lines'} in this time${refused === 0 ? '' : `, ${count(refused).text} of them refused or failed`}.`,
    figures: [
      figure('verified', 'Chains', isSound ? words('verified', 'good') : words('DO NOT VERIFY', 'bad')),
      figure('lines', 'Lines of the log', count(calls.length)),
      figure('refused', 'Refused or failed', count(refused, refused > 0 ? 'warning' : undefined)),
      figure('actors', 'By how many', count(actors.size)),
    ],
    tables: [
      {
        key: 'actors',
        title: 'Who',
        note: null,
        columns: [
          { key: 'actor', title: 'Who', share: 50 },
          { key: 'lines', title: 'Lines', share: 25, align: 'right' },
          { key: 'refused', title: 'Refused or failed', share: 25, align: 'right' },
        ],
        rows: [...actors]
          .toSorted(([, a], [, b]) => b.length - a.length)
          .map(([actor, own]) => [words(actor), count(own.length), count(own.filter(isRefused).length)]),
        empty: 'Nobody.',
      },
      {
        key: 'chains',
        title: 'Chains',
        note: `Signed by the key ${facts.key}: compare it with the recovery kit.`,
        columns: [
          { key: 'log', title: 'Log', share: 12 },
          { key: 'chain', title: 'Chain', share: 20 },
          { key: 'entries', title: 'Entries', share: 10, align: 'right' },
          { key: 'last_at', title: 'Last entry', share: 17 },
          { key: 'head', title: 'Head', share: 20 },
          { key: 'state', title: 'State', share: 21 },
        ],
        rows: chains.map(({ log, chain, entries, lastAtMs, head, problems, problemCount, unsigned }) => [
          words(log),
          words(chain),
          count(entries),
          time(lastAtMs, zone),
          { text: head.slice(0, 16), value: head },
          problemCount > 0
            ? words(`${problemCount} wrong: ${problems[0] ?? ''}`, 'bad')
            : words(unsigned === 0 ? 'sound' : `sound; ${unsigned} not signed yet`, 'good'),
        ]),
        empty: 'No chain has been begun yet.',
      },
      {
        key: 'calls',
        title: 'Calls, newest first',
        note: noteOf('A long operation has a line where it begins and one where it ends.', shown.left),
        columns: [
          { key: 'at', title: 'When', share: 16 },
          { key: 'seq', title: 'Entry', share: 7, align: 'right' },
          { key: 'actor', title: 'Who', share: 18 },
          { key: 'door', title: 'Through', share: 13 },
          { key: 'call', title: 'What', share: 22 },
          { key: 'targets', title: 'About', share: 26 },
          { key: 'outcome', title: 'Outcome', share: 14 },
        ],
        rows: shown.rows.map((one) => [
          time(one.atMs, zone),
          count(one.seq),
          words(one.actor),
          words(one.door),
          { text: one.words, value: one.call },
          one.targets === '' ? nothing : words(one.targets),
          words(one.outcome, isRefused(one) ? 'warning' : undefined),
        ]),
        empty: 'Nothing was asked that changes something.',
      },
    ],
    unknown: [
      ...(trouble === null ? [] : [`The newest entries could not be written: ${trouble}`]),
      ...(facts.moreCalls ? ['There were more calls than are read here; the oldest of the period are left out.'] : []),
      'What sites and repositories have noted of these chains was not asked for this report: holdfast audit verify does.',
      'Calls that only read are not in the log.',
    ],
    facts: [
      'The audit log and the chain of evidence in this home, every entry, link and signature of them checked for this report.',
    ],
  };
}

function isRefused({ outcome }: AuditFacts['calls'][number]): boolean {
  return outcome !== 'done' && outcome !== 'begun';
}
