/** What somebody has to know of a source: that it is too old, failed, suspicious, or that something of it was lost. Pure. */
import type { AccountEnd } from './aws-account-end.ts';
import { about, timeText } from './alert-words.ts';
import type { Condition } from './alerts.ts';
import { accountEnds, credentialExpires } from './credential-alerts.ts';
import { errorCatalog, type ErrorCode } from './errors.ts';
import type { KnownFindings } from './source-findings.ts';
import { formatCount, formatDuration } from './units.ts';

/** Times are epoch milliseconds. */
export type SourceFacts = {
  readonly name: string;
  readonly addedAtMs: number;
  readonly newestGoodAtMs: number | null;
  readonly rpoMs: number | null;
  /** What of it lies in a repository that could not be read so far: then no good snapshot may only mean none was seen. */
  readonly unread: boolean;
  /** The machine has just woken, and a run that makes up for its sleep is under way or about to begin. */
  readonly catchingUp: boolean;
  /** The newest run that has an outcome; null: none. */
  readonly lastRun: {
    readonly run: string;
    readonly endedAtMs: number;
    readonly state: 'complete' | 'completeWithExceptions' | 'partial' | 'failed';
    readonly errorCode: string | null;
    readonly errorMessage: string | null;
    /** Why its hooks did not do what they are for; null: they did, or there are none. */
    readonly consistencyProblem: string | null;
  } | null;
  /** A run after that one whose engine ended while the source was held, and what became of it; left out: none. */
  readonly lostWhileHeld?: { readonly run: string; readonly problem: string } | null;
  /** The newest snapshot that looks as if something had happened, and how many others do; null: none. */
  readonly suspect: { readonly snapshot: string; readonly reason: string; readonly others: number } | null;
  /** An open question of retention: how many would go, and how many would stay. */
  readonly review: { readonly snapshots: number; readonly kept: number; readonly reason: string } | null;
  /** What its last run found where it lies, and has not to do with that run alone. */
  readonly findings: KnownFindings;
  /** Of the AWS accounts it is read or copied with, the one whose credential ends first; without it none does. */
  readonly awsAccount?: AccountEnd & { readonly name: string };
  /** Expiry that could not be brought to its end: why. */
  readonly expiryProblem: string | null;
};

/** The moment it is judged at, and how times are written. */
export type Judged = { readonly nowMs: number; readonly zone: string };

const emptiedCodes: ReadonlySet<string> = new Set<ErrorCode>(['SOURCE_EMPTIED', 'SOURCE_NOT_MOUNTED']);

export function conditionsOfSource(source: SourceFacts, facts: Judged): Condition[] {
  return [
    overdue(source, facts),
    lastRun(source),
    notQuiesced(source),
    suspect(source),
    review(source),
    historyLost(source),
    partMissing(source, facts),
    mirrorDamaged(source, facts),
    mirrorRepaired(source, facts),
    credentialExpires(source, facts) ?? accountEnds(source, facts),
    source.expiryProblem === null
      ? null
      : {
          ...about(source, 'expiry-stuck', 'warning'),
          title: `Expired snapshots of ${source.name} could not be removed`,
          detail: source.expiryProblem,
          todo: 'Nothing is lost: they stay until it succeeds, after the next good run. See the log of the job.',
        },
  ].filter((condition) => condition !== null);
}

export function cannotBeJudged({ newestGoodAtMs, unread, catchingUp }: SourceFacts): boolean {
  return catchingUp || (newestGoodAtMs === null && unread);
}

/** Null where nobody has said how old it may be, or nobody can tell how old it is. */
export function isOverdue(source: SourceFacts, nowMs: number): boolean | null {
  const { newestGoodAtMs, rpoMs, addedAtMs } = source;
  return rpoMs === null || cannotBeJudged(source) ? null : nowMs - (newestGoodAtMs ?? addedAtMs) > rpoMs;
}

function overdue(source: SourceFacts, { nowMs, zone }: Judged): Condition | null {
  const { name, newestGoodAtMs, rpoMs, addedAtMs } = source;
  if (rpoMs === null || isOverdue(source, nowMs) !== true) return null;
  const allowed = `Allowed are ${formatDuration(rpoMs)}.`;
  return {
    ...about(source, 'overdue', 'error'),
    title:
      newestGoodAtMs === null
        ? `${name} has no good snapshot`
        : `${name} is overdue: its newest good snapshot is too old`,
    detail:
      newestGoodAtMs === null
        ? `It was added ${timeText(addedAtMs, zone)}, and nothing of it could be brought back now. ${allowed}`
        : `The newest good snapshot is of ${timeText(newestGoodAtMs, zone)}: what has changed since would be lost. ${allowed}`,
    todo: `See what its runs say (holdfast runs --source "${name}") and protect it now (holdfast protect "${name}").`,
  };
}

function lastRun(source: SourceFacts): Condition | null {
  const { name, lastRun: run } = source;
  if (run === null) return null;
  const occasion = run.run;
  if (run.state === 'partial')
    return {
      ...about(source, 'run-partial', 'warning'),
      occasion,
      title: `${name} could not be read completely`,
      detail: 'The snapshot lacks what its run names, and does not count as a good one.',
      todo: 'See the log of the run for what could not be read, and why.',
    };
  if (run.state !== 'failed') return null;
  const detail = run.errorMessage ?? 'The run ended without saying why.';
  if (emptiedCodes.has(run.errorCode ?? ''))
    return {
      ...about(source, 'source-emptied', 'error'),
      occasion,
      title: `${name} was found empty or not mounted`,
      detail: `${detail} No snapshot was taken of that, and earlier ones are kept.`,
      todo: 'Mount it, or look who emptied it. If it is meant to be empty: holdfast protect --allow-empty.',
    };
  return {
    ...about(source, 'run-failed', 'error'),
    occasion,
    title: `The last run of ${name} failed`,
    detail,
    todo: actionFor(run.errorCode) ?? 'See the log of the run.',
  };
}

function notQuiesced(source: SourceFacts): Condition | null {
  const { name, lastRun: run, lostWhileHeld: lost = null } = source;
  if (lost !== null)
    return {
      ...about(source, 'not-quiesced', 'warning'),
      occasion: lost.run,
      title: `The hooks of ${name} did not go as asked`,
      detail: lost.problem,
      todo: 'Look whether it works again, and at the log of what thawed it.',
    };
  if (run === null || run.state === 'failed' || run.consistencyProblem === null) return null;
  return {
    ...about(source, 'not-quiesced', 'warning'),
    occasion: run.run,
    title: `The hooks of ${name} did not go as asked`,
    detail: `${run.consistencyProblem} The snapshot says how consistent it is.`,
    todo: 'See the log of the run for what the hooks have said.',
  };
}

function suspect(source: SourceFacts): Condition | null {
  const newest = source.suspect;
  if (newest === null) return null;
  const { others } = newest;
  const more =
    others === 0 ? '' : ` ${formatCount(others)} more of its snapshots ${others === 1 ? 'is' : 'are'} marked.`;
  return {
    ...about(source, 'suspect', 'error'),
    // Another suspicious snapshot is news also for whoever has put the first one aside.
    occasion: newest.snapshot,
    title: `Far more than usual changed in ${source.name}`,
    detail: `Snapshot ${newest.snapshot.slice(0, 8)}: ${newest.reason}.${more} Earlier snapshots are kept from expiring.`,
    todo: 'Look what changed. If it was an attack, freeze everything (holdfast incident freeze); if not, clear the mark.',
  };
}

function review(source: SourceFacts): Condition | null {
  const { name, review: question } = source;
  if (question === null) return null;
  return {
    ...about(source, 'retention-review', 'warning'),
    title: `Retention asks before it removes snapshots of ${name}`,
    detail: `${question.reason} ${formatCount(question.snapshots)} would go, ${formatCount(question.kept)} would stay.`,
    todo: 'Answer it: holdfast retention reviews. Until then nothing of it expires.',
  };
}

function historyLost(source: SourceFacts): Condition | null {
  const { name, findings } = source;
  const lost = findings.historyLost;
  if (lost === null) return null;
  const [first] = lost.refs;
  if (first === undefined) return null;
  const others = lost.refs.length - 1;
  const more = others === 0 ? '' : ` So it went with ${formatCount(others)} more.`;
  const how = first.how === 'deleted' ? 'was deleted' : 'was moved by force';
  const { commits, keptAs } = first;
  const what =
    commits === 0
      ? `What it was is kept here as ${keptAs}.`
      : `${formatCount(commits)} ${commits === 1 ? 'commit leads' : 'commits lead'} from nowhere there any more. They are kept here as ${keptAs}.`;
  return {
    ...about(source, 'history-lost', 'warning'),
    occasion: lost.run,
    title: `History was lost where ${name} lies`,
    detail: `${first.ref} of ${first.item} ${how}. ${what}${more}`,
    todo: `If nobody meant to: holdfast git restore gives it back. See holdfast git refs latest ${first.item} --source "${name}".`,
  };
}

function partMissing(source: SourceFacts, { zone }: Judged): Condition | null {
  const { name, findings } = source;
  const missing = findings.missing.filter(({ accepted }) => accepted === undefined);
  const [first] = missing;
  if (first === undefined) return null;
  const others = missing.length - 1;
  const more = others === 0 ? '' : `, and so are ${formatCount(others)} more`;
  return {
    ...about(source, 'part-missing', 'warning'),
    title: `Parts of ${name} are not to be found where it lies`,
    detail: `${first.item} is missing since ${timeText(first.sinceMs, zone)}${more}: deleted, hidden from the credential, or moved away. What was fetched before is kept, and is in every snapshot.`,
    todo: `Look where it went. It can be given back: holdfast git restore. If it is meant to be gone: holdfast source accept "${name}" <repository> --reason <text>.`,
  };
}

function mirrorDamaged(source: SourceFacts, { zone }: Judged): Condition | null {
  const { name, findings } = source;
  const [first] = findings.damaged;
  if (first === undefined) return null;
  const others = findings.damaged.length - 1;
  const more = others === 0 ? '' : ` So are ${formatCount(others)} more.`;
  return {
    ...about(source, 'mirror-damaged', 'error'),
    title: `Mirrors of ${name} on this machine are damaged`,
    detail: `${first.item} was found damaged ${timeText(first.sinceMs, zone)}: ${first.problem}${more} Snapshots taken before are not affected.`,
    todo: 'Check the disk that the mirrors lie on. See docs/GIT.md for what becomes of a damaged mirror.',
  };
}

function mirrorRepaired(source: SourceFacts, { zone }: Judged): Condition | null {
  const { name, findings } = source;
  const mirrors = findings.repaired?.mirrors ?? [];
  const [first] = mirrors.toSorted((a, b) => b.missing.length - a.missing.length);
  if (first === undefined) return null;
  const { item, takenAtMs, brought, missing, aside } = first;
  const from = takenAtMs === null ? 'from the server' : `from the snapshot of ${timeText(takenAtMs, zone)}`;
  const others = mirrors.length - 1;
  const more = others === 0 ? '' : ` So it went with ${formatCount(others)} more.`;
  const whole = `${formatCount(brought)} ${brought === 1 ? 'ref' : 'refs'} that only it had were brought over`;
  const left = missing.length === 0 ? '.' : `; something could not be read of ${missing.slice(0, 3).join(', ')}.`;
  return {
    ...about(source, 'mirror-repaired', missing.length === 0 ? 'info' : 'warning'),
    occasion: findings.repaired?.run ?? '',
    title: `A damaged mirror of ${name} was made anew`,
    detail: `${item} was made anew ${from}; ${whole}${left} The damaged one was kept: ${aside}.${more}`,
    todo: 'Check the disk that the mirrors lie on. Remove what was kept once nobody needs it.',
  };
}

function actionFor(code: string | null): string | null {
  return code !== null && Object.hasOwn(errorCatalog, code) ? errorCatalog[code as ErrorCode].action : null;
}
