/** From what is known of sources, repositories and the console to the facts that somebody has to know. Pure. */
import { clonesExpired, clonesLeft, type LeftClone } from './clone-alerts.ts';
import { conditionsOfAutomatic, type AutomaticFacts } from './automatic-failover.ts';
import { conditionsOfEvidence, type EvidenceFacts } from './evidence-alerts.ts';
import { conditionsOfCompliance, type ComplianceMarks } from './compliance-alerts.ts';
import { conditionsOfCases, type HoldCase } from './hold-cases.ts';
import { conditionsOfDrills, type DrillFacts } from './drill-alerts.ts';
import { nothingKnownOf, type Condition, type Unknown } from './alerts.ts';
import { conditionsOfPlans, type PlanFacts } from './plan-alerts.ts';
import { conditionsOfSubscriptions, type SubscriptionFacts } from './subscription-alerts.ts';
import { conditionsOfPushers, type PusherFacts } from './pusher-alerts.ts';
import { conditionsOfSite, type SiteFacts } from './site-alerts.ts';
import { cannotBeJudged, conditionsOfSource, type SourceFacts } from './source-alerts.ts';
import { conditionsOfStandby, type StandbyAlertFacts } from './standby-alerts.ts';
import { conditionsOfStore, type StoreFacts } from './storage.ts';
import { conditionsOfIntegrity, type IntegrityFacts } from './integrity-alerts.ts';

/** Times are epoch milliseconds. */
export type RepositoryFacts = {
  readonly id: string;
  readonly name: string;
  readonly state: 'open' | 'locked' | 'unreachable';
  /** Since when it is in that state, as far as this engine has seen. */
  readonly sinceMs: number;
  /** Names of sources whose runs are due and wait for it. */
  readonly waiting: readonly string[];
  /** Missing where it was not measured yet. */
  readonly store?: StoreFacts;
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

export type AlertFacts = EvidenceFacts & {
  readonly nowMs: number;
  /** IANA name: how times are written. */
  readonly zone: string;
  /** Null: it cannot be read now. */
  readonly sources: readonly SourceFacts[] | null;
  readonly repositories: readonly RepositoryFacts[] | null;
  /** Null: they cannot be read now. */
  readonly sites?: readonly SiteFacts[] | null;
  /** Null: they cannot be read now. */
  readonly standbys?: readonly StandbyAlertFacts[] | null;
  readonly drills?: readonly DrillFacts[] | null;
  /** Missing: nobody has looked yet. */
  readonly compliance?: ComplianceMarks;
  /** Missing: nothing is held for a case. */
  readonly cases?: readonly HoldCase[];
  readonly routes: readonly RouteFacts[];
  /** Null: it cannot be read which are watched. */
  readonly peers: readonly PeerFacts[] | null;
  /** Who pushes to this home as a site; null: that cannot be read. */
  readonly pushers: readonly PusherFacts[] | null;
  readonly silentHours: number;
  /** As they were found last; null: they cannot be read now. */
  readonly plans: readonly PlanFacts[] | null;
  /** Null: they cannot be read now. */
  readonly subscriptions?: readonly SubscriptionFacts[] | null;
  readonly clockProblem: string | null;
  /** Who has taken over from this console, in a sentence; null: nobody has. */
  readonly takenOver: string | null;
  /** Missing or null: no lease is set. */
  readonly automatic?: AutomaticFacts | null;
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
  /** Clones elsewhere whose time is over, and that could not be removed. Missing: none. */
  readonly leftClones?: readonly LeftClone[];
};

const drillRules = ['drill-failed', 'drill-overdue', 'rto-missed'] as const;
/** A share that is away for a moment, or a laptop that wakes, is no news. */
const unreachableGraceMs = 10 * 60_000;

export function conditionsOf(facts: AlertFacts): { conditions: Condition[]; unknown: Unknown[] } {
  const { sources, repositories } = facts;
  const unknown: Unknown[] = [
    ...(sources === null ? nothingKnownOf('source') : []),
    ...(sources ?? []).filter(cannotBeJudged).map(({ name }): Unknown => ({ rule: 'overdue', subject: name })),
    ...(repositories === null ? nothingKnownOf('repository') : []),
    ...(facts.sites === null ? nothingKnownOf('site') : []),
    ...(facts.standbys === null ? nothingKnownOf('standby') : []),
    ...(facts.drills === null ? drillRules.map((rule): Unknown => ({ rule, subject: null })) : []),
    // An engine that has just begun does not know for how long it has been so.
    ...(repositories ?? [])
      .filter(({ state }) => state === 'unreachable')
      .map(({ id }): Unknown => ({ rule: 'repository-unreachable', subject: id })),
    ...(facts.peers === null ? [{ rule: 'peer-silent' as const, subject: null }] : []),
    ...(facts.plans === null ? nothingKnownOf('plan') : []),
    ...(facts.subscriptions === null ? nothingKnownOf('subscription') : []),
    ...(facts.pushers === null ? [{ rule: 'pusher-silent' as const, subject: null }] : []),
    ...(facts.peers ?? [])
      .filter((peer) => peer.state !== 'answering' && !isLongSilent(peer, facts.nowMs))
      .map(({ name }): Unknown => ({ rule: 'peer-silent', subject: name })),
  ];
  const conditions = [
    ...(sources ?? []).flatMap((source) => conditionsOfSource(source, facts)),
    ...(repositories ?? []).flatMap((repository) => [
      ...conditionOfRepository(repository, facts.nowMs),
      ...(repository.store === undefined ? [] : conditionsOfStore(repository.store, facts.nowMs)),
      ...(repository.integrity === undefined
        ? []
        : conditionsOfIntegrity(repository, repository.integrity, facts.nowMs)),
    ]),
    ...(facts.drills ?? []).flatMap((drills) => conditionsOfDrills(drills, facts)),
    ...(facts.sites ?? []).flatMap((site) => conditionsOfSite(site, facts)),
    ...(facts.standbys ?? []).flatMap((standby) => conditionsOfStandby(standby, facts)),
    ...facts.routes.flatMap(conditionOfRoute),
    ...(facts.peers ?? []).filter((peer) => isLongSilent(peer, facts.nowMs)).map(peerSilent),
    ...conditionsOfPushers(facts.pushers ?? [], facts),
    ...conditionsOfPlans(facts.plans ?? []),
    ...conditionsOfCases(facts.cases ?? [], facts),
    ...conditionsOfSubscriptions(
      facts.subscriptions ?? [],
      facts.routesProblem === null ? new Set(facts.routes.map(({ name }) => name)) : null,
    ),
    ...conditionsOfCompliance(facts.compliance ?? {}),
    ...conditionsOfConsole(facts),
    ...conditionsOfAutomatic(facts.automatic ?? null),
    ...clonesExpired(facts),
    ...clonesLeft(facts.leftClones ?? []),
    ...conditionsOfEvidence(facts),
  ];
  return { conditions, unknown };
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
