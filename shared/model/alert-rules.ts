/** From what is known of sources, repositories and the console to the facts that somebody has to know. Pure. */
import type { AccountEnd } from './aws-account-end.ts';
import { about, timeText } from './alert-words.ts';
import { clonesExpired } from './clone-alerts.ts';
import { nothingKnownOf, type Condition, type Unknown } from './alerts.ts';
import { accountEnds, credentialExpires } from './credential-alerts.ts';
import { errorCatalog, type ErrorCode } from './errors.ts';
import { conditionsOfPushers, type PusherFacts } from './pusher-alerts.ts';
import { conditionsOfSite, type SiteFacts } from './site-alerts.ts';
import { conditionsOfIntegrity, type IntegrityFacts } from './integrity-alerts.ts';
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

export type RepositoryFacts = {
  readonly id: string;
  readonly name: string;
  readonly state: 'open' | 'locked' | 'unreachable';
  /** Since when it is in that state, as far as this engine has seen. */
  readonly sinceMs: number;
  /** Names of sources whose runs are due and wait for it. */
  readonly waiting: readonly string[];
  /** Missing where nothing was read of it yet. */
  readonly integrity?: IntegrityFacts;
};

export type RouteFacts = { readonly id: string; readonly name: string; readonly problem: string | null };

/** Another console that is watched. */
export type PeerFacts = {
  readonly name: string;
  /** Null: it was not asked yet. */
  readonly state: 'answering' | 'silent' | 'refused' | null;
  /** Since when it is in that state, as far as this engine has seen. */
  readonly sinceMs: number;
  readonly problem: string | null;
};

export type AlertFacts = {
  readonly nowMs: number;
  /** IANA name: how times are written. */
  readonly zone: string;
  /** Null: it cannot be read now. */
  readonly sources: readonly SourceFacts[] | null;
  readonly repositories: readonly RepositoryFacts[] | null;
  /** Null: they cannot be read now. */
  readonly sites?: readonly SiteFacts[] | null;
  readonly routes: readonly RouteFacts[];
  /** Null: it cannot be read which are watched. */
  readonly peers: readonly PeerFacts[] | null;
  /** Who pushes to this home as a site; null: that cannot be read. */
  readonly pushers: readonly PusherFacts[] | null;
  readonly silentHours: number;
  readonly clockProblem: string | null;
  /** Who has taken over from this console, in a sentence; null: nobody has. */
  readonly takenOver: string | null;
  /** The catalog holds the configuration of this home no more, so nothing runs by itself. */
  readonly configurationLost: boolean;
  /** Why it cannot be read where alerts are told; null: it can. */
  readonly routesProblem: string | null;
  readonly frozen: { readonly reason: string; readonly author: string } | null;
  /** Clones in AWS that are still there, oldest first. */
  readonly clones: readonly {
    readonly run: string;
    readonly title: string;
    readonly expiresAtMs: number | null;
  }[];
};

/** A share that is away for a moment, or a laptop that wakes, is no news. */
const unreachableGraceMs = 10 * 60_000;
const emptiedCodes: ReadonlySet<string> = new Set<ErrorCode>(['SOURCE_EMPTIED', 'SOURCE_NOT_MOUNTED']);

export function conditionsOf(facts: AlertFacts): { conditions: Condition[]; unknown: Unknown[] } {
  const { sources, repositories } = facts;
  const unknown: Unknown[] = [
    ...(sources === null ? nothingKnownOf('source') : []),
    ...(sources ?? []).filter(cannotBeJudged).map(({ name }): Unknown => ({ rule: 'overdue', subject: name })),
    ...(repositories === null ? nothingKnownOf('repository') : []),
    ...(facts.sites === null ? nothingKnownOf('site') : []),
    // An engine that has just begun does not know for how long it has been so.
    ...(repositories ?? [])
      .filter(({ state }) => state === 'unreachable')
      .map(({ id }): Unknown => ({ rule: 'repository-unreachable', subject: id })),
    ...(facts.peers === null ? [{ rule: 'peer-silent' as const, subject: null }] : []),
    ...(facts.pushers === null ? [{ rule: 'pusher-silent' as const, subject: null }] : []),
    ...(facts.peers ?? [])
      .filter((peer) => peer.state !== 'answering' && !isLongSilent(peer, facts.nowMs))
      .map(({ name }): Unknown => ({ rule: 'peer-silent', subject: name })),
  ];
  const conditions = [
    ...(sources ?? []).flatMap((source) => conditionsOfSource(source, facts)),
    ...(repositories ?? []).flatMap((repository) => [
      ...conditionOfRepository(repository, facts.nowMs),
      ...(repository.integrity === undefined
        ? []
        : conditionsOfIntegrity(repository, repository.integrity, facts.nowMs)),
    ]),
    ...(facts.sites ?? []).flatMap((site) => conditionsOfSite(site, facts)),
    ...facts.routes.flatMap(conditionOfRoute),
    ...(facts.peers ?? []).filter((peer) => isLongSilent(peer, facts.nowMs)).map(peerSilent),
    ...conditionsOfPushers(facts.pushers ?? [], facts),
    ...conditionsOfConsole(facts),
    ...clonesExpired(facts),
  ];
  return { conditions, unknown };
}

function conditionsOfSource(source: SourceFacts, facts: AlertFacts): Condition[] {
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

function cannotBeJudged({ newestGoodAtMs, unread, catchingUp }: SourceFacts): boolean {
  return catchingUp || (newestGoodAtMs === null && unread);
}

function overdue(source: SourceFacts, { nowMs, zone }: AlertFacts): Condition | null {
  const { name, newestGoodAtMs, rpoMs, addedAtMs } = source;
  if (rpoMs === null || cannotBeJudged(source) || nowMs - (newestGoodAtMs ?? addedAtMs) <= rpoMs) return null;
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
  const { name, lastRun: run } = source;
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

function partMissing(source: SourceFacts, { zone }: AlertFacts): Condition | null {
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

function mirrorDamaged(source: SourceFacts, { zone }: AlertFacts): Condition | null {
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

function mirrorRepaired(source: SourceFacts, { zone }: AlertFacts): Condition | null {
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

function conditionOfRepository(repository: RepositoryFacts, nowMs: number): Condition[] {
  const { id, name, state, sinceMs, waiting } = repository;
  const key = { kind: 'repository' as const, subject: id, occasion: '' };
  if (state === 'unreachable' && nowMs - sinceMs >= unreachableGraceMs)
    return [
      {
        ...key,
        rule: 'repository-unreachable',
        level: 'error',
        title: `The repository ${name} cannot be reached`,
        detail: 'Nothing can be stored in it or restored from it. What was stored before is not touched by that.',
        todo: 'Check its disk, share or network.',
      },
    ];
  // One that nobody waits for may stay locked.
  if (state === 'locked' && waiting.length > 0)
    return [
      {
        ...key,
        rule: 'repository-locked',
        level: 'warning',
        title: `Runs wait for the password of ${name}`,
        detail: 'The engine was started without it, so nothing is stored there by itself.',
        todo: 'Unlock it in Settings, and let the password be remembered.',
      },
    ];
  return [];
}

function conditionOfRoute({ id, name, problem }: RouteFacts): Condition[] {
  if (problem === null) return [];
  return [
    {
      rule: 'route-failing',
      kind: 'route',
      subject: id,
      occasion: '',
      level: 'warning',
      title: `Alerts do not arrive by ${name}`,
      detail: `The last message could not be delivered: ${problem}`,
      todo: 'Correct the route and send a test message.',
    },
  ];
}

/** Silence is an alarm: nobody knows whether what is protected there still is. */
function isLongSilent({ state, sinceMs }: PeerFacts, nowMs: number): boolean {
  return (state === 'silent' || state === 'refused') && nowMs - sinceMs > unreachableGraceMs;
}

function peerSilent({ name, state, problem }: PeerFacts): Condition {
  return {
    rule: 'peer-silent',
    kind: 'peer',
    subject: name,
    occasion: '',
    level: 'error',
    title:
      state === 'refused'
        ? `The console ${name} does not answer to this one any more`
        : `The console ${name} is silent`,
    detail: `${problem ?? 'It does not answer.'} Whether its sources are protected is not known from here.`,
    todo: 'Look whether its machine and its engine run, and whether the network between is up.',
  };
}

function conditionsOfConsole(facts: AlertFacts): Condition[] {
  const { clockProblem, takenOver, frozen, configurationLost, routesProblem } = facts;
  const key = { kind: 'console' as const, subject: '', occasion: '', level: 'warning' as const };
  const clock: Condition[] =
    clockProblem === null
      ? []
      : [
          {
            ...key,
            rule: 'clock',
            title: 'The clock of this machine is in doubt',
            detail: clockProblem,
            todo: 'Set the clock right, or confirm it.',
          },
        ];
  const lost: Condition[] = configurationLost
    ? [
        {
          ...key,
          level: 'error',
          rule: 'configuration-lost',
          title: 'Nothing runs by itself: the configuration is not in the catalog any more',
          detail:
            'Sources, profiles and holds are saved in the repository, and nobody has brought them back from there.',
          todo: 'Open the repository in the console, or run holdfast source list with it: that brings them back.',
        },
      ]
    : [];
  const routes: Condition[] =
    routesProblem === null
      ? []
      : [
          {
            ...key,
            level: 'error',
            rule: 'routes-damaged',
            title: 'Nobody is told of alerts: where to is not readable',
            detail: routesProblem,
            todo: 'Bring the file back from a copy, or remove it and enter the routes again.',
          },
        ];
  const passive: Condition[] =
    takenOver === null
      ? []
      : [
          {
            ...key,
            level: 'error',
            rule: 'taken-over',
            title: 'This console stands aside: another one protects its sources',
            detail: `${takenOver} Nothing is protected from here, and nothing removed.`,
            todo: 'Leave it so, or take the sources back: holdfast recover --replace.',
          },
        ];
  const others = [...passive, ...clock, ...lost, ...routes];
  if (frozen === null) return others;
  const detail = `${frozen.author}: ${frozen.reason}`;
  return [
    ...others,
    {
      ...key,
      rule: 'frozen',
      title: 'Everything is frozen: nothing expires and nothing is pruned',
      detail,
      todo: 'End the incident when it is over; until then repositories only grow.',
    },
  ];
}

function actionFor(code: string | null): string | null {
  return code !== null && Object.hasOwn(errorCatalog, code) ? errorCatalog[code as ErrorCode].action : null;
}
