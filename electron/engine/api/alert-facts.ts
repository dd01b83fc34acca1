/** What alerts are decided by: read from the catalog, from the schedule, and from how repositories stand. */
import { hostname } from 'node:os';
import { accountsNamedBy } from '../../../shared/model/aws.ts';
import { accountEnd, type AccountEnd } from '../../../shared/model/aws-account-end.ts';
import type { Caller } from '../../../shared/contract/common.ts';
import type { AlertFacts, PeerFacts, RepositoryFacts } from '../../../shared/model/alert-rules.ts';
import type { SourceFacts } from '../../../shared/model/source-alerts.ts';
import { effectiveProfile } from '../../../shared/model/effective-profile.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { noFindings } from '../../../shared/model/source-findings.ts';
import { rpoOf } from '../../../shared/model/implied-rpo.ts';
import type { KnownAwsAccount } from '../catalog/aws-accounts.ts';
import { passiveWords, takenOverBy } from '../configuration/ownership.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Connections, ConnectionView } from '../connections/connections.ts';
import { defaultSilentHours, type PusherFacts } from '../../../shared/model/pusher-alerts.ts';
import type { LeaseKeeper } from '../sites/failover/lease-keeper.ts';
import type { SiteServer } from '../sites/server/site-server.ts';
import { numberSetting } from './number-setting.ts';
import type { Peers } from '../monitoring/peers/peers.ts';
import { machineZone } from '../platform/machine-zone.ts';
import type { EvidenceBook } from '../recovery/evidence/evidence-book.ts';
import type { SourcePlanView } from '../protection/scheduler.ts';
import { knownStores, type KnownStore } from './storage/store-facts.ts';
import { complianceMarks } from './compliance/compliance-rounds.ts';
import { clockProblem } from './clock.ts';
import { evidenceProblem } from './evidence/verify.ts';
import { kitStanding } from './kit-basis.ts';
import { drillFacts } from './drills/drill-facts.ts';
import { isConfigured } from './is-configured.ts';
import { automaticFacts } from './failover/automatic-facts.ts';
import { leftClones } from './clones/left.ts';
import { standbyAlertFacts } from './standby/facts.ts';
import { subscriptionFacts } from './reports/subscription-facts.ts';
import { readSiteFacts } from './site-facts.ts';

export type FactsPorts = {
  readonly home: string;
  readonly catalog: Catalog;
  readonly connections: Connections;
  readonly peers: Peers;
  readonly evidence: Pick<EvidenceBook, 'trouble'>;
  readonly lease: Pick<LeaseKeeper, 'row' | 'view'>;
  readonly siteServer: Pick<SiteServer, 'users'>;
  readonly nowMs: () => number;
  readonly plan: (tenant: string) => readonly SourcePlanView[];
  /** Whether repositories were looked at, so that their states say something; never where no engine stays. */
  readonly knowsRepositories: () => boolean;
  /** Whether the schedule has looked since the machine woke: until then nobody knows what is about to be made up for. */
  readonly isSettled: () => boolean;
  /** When the machine was last found to have slept, or the engine to have begun. */
  readonly wokeAtMs: () => number;
};

/** So long a machine that has woken is given to make up for what it slept through. */
const catchUpMs = 15 * 60_000;
/** A snapshot of a clock that was far ahead makes nothing fresh. */
const clockSlackMs = 3_600_000;

type Moment = {
  readonly nowMs: number;
  /** The schedule has not looked since the machine woke. */
  readonly isUnsettled: boolean;
  readonly justWoke: boolean;
};

export class FactsReader {
  readonly #ports: FactsPorts;
  /** Since when a repository stands as it does, by its id; on the clock that only grows. */
  readonly #since = new Map<string, { readonly state: ConnectionView['state']; readonly atMs: number }>();

  constructor(ports: FactsPorts) {
    this.#ports = ports;
  }

  /** The machine has slept: how long something has been so is not known any more. */
  forget(): void {
    this.#since.clear();
  }

  async read(caller: Caller): Promise<Omit<AlertFacts, 'routes' | 'routesProblem'>> {
    const { catalog, connections, plan, knowsRepositories } = this.#ports;
    const all = await connections.list(caller);
    // Of one moment, and before anything is read: a run that has ended by then has its snapshot in the catalog.
    const moment = this.#moment();
    const now = moment.nowMs;
    const planned = plan(caller.tenant);
    const [sources, incident, clock, peers, claim, clones, integrity, pushers, silentHours, drills, plans, stores] =
      await Promise.all([
        this.#sources(caller, all, planned, moment),
        catalog.read('incidents.open', caller, null),
        clockProblem({ catalog, caller }),
        this.#peers(caller),
        takenOverBy({ catalog, caller }),
        catalog.read('restoreRuns.clones', caller, null),
        catalog.read('integrity.facts', caller, null),
        this.#pushers(caller),
        numberSetting({ catalog, caller }, 'site.silent-hours', defaultSilentHours),
        // Where it cannot be read what is protected, neither can this.
        drillFacts({ catalog, caller, home: this.#ports.home, nowMs: () => now }).catch(() => null),
        catalog.read('recoveryPlans.list', caller, null),
        knownStores({ catalog, caller }, all, now),
      ]);
    const storeOf = new Map(stores.map((store) => [store.id, store]));
    return {
      nowMs: now,
      zone: machineZone(),
      sources: sources === 'lost' ? null : (sources?.facts ?? null),
      repositories: knowsRepositories()
        ? all.map((one) => ({
            ...this.#repository(one, (sources === 'lost' ? null : sources)?.waiting.get(one.id) ?? [], now),
            // That a site does not answer is told as of a site.
            ...(one.site && !one.primary ? { state: 'open' as const } : {}),
            ...storeIn(storeOf, one),
            ...(integrity[one.repository] === undefined ? {} : { integrity: integrity[one.repository] }),
          }))
        : null,
      peers,
      pushers,
      silentHours,
      automatic: await automaticFacts(this.#ports.lease, caller),
      // Once the configuration is lost, nobody knows which there are.
      plans:
        sources === 'lost'
          ? null
          : plans.map(({ plan: { name }, check }) => ({
              name,
              reasons: (check?.checks ?? [])
                .filter(({ level }) => level === 'blocker')
                .map(({ step, detail }) => (step === null ? detail : `${step}: ${detail}`)),
            })),
      takenOver: claim === null ? null : passiveWords(claim),
      sites:
        sources === null || sources === 'lost'
          ? null
          : await readSiteFacts({ catalog, caller }, all.find(({ primary }) => primary)?.repository ?? null, now),
      standbys:
        sources === null || sources === 'lost' ? null : await standbyAlertFacts({ catalog, caller, nowMs: now }),
      subscriptions:
        sources === null || sources === 'lost' ? null : await subscriptionFacts({ catalog, caller, nowMs: () => now }),
      clockProblem: clock,
      configurationLost: sources === 'lost',
      frozen: incident === null ? null : { reason: incident.reason, author: incident.author },
      clones,
      leftClones: await leftClones({ catalog, caller }, now),
      compliance: await complianceMarks({ catalog, caller }),
      cases: await catalog.read('holdCases.list', caller, null),
      evidenceProblem: await evidenceProblem({ catalog, caller }),
      evidenceTrouble: this.#ports.evidence.trouble,
      kitChanges: (await kitStanding({ ...this.#ports, caller })).urgent,
      drills,
    };
  }

  /** Null where it cannot be read who they are. */
  async #pushers(caller: Caller): Promise<PusherFacts[] | null> {
    const found = await this.#ports.siteServer.users.list(caller).catch(() => null);
    return (
      found?.map(({ name, pairedWith, lastUsedAtMs }) => ({ name, machine: pairedWith, lastSeenMs: lastUsedAtMs })) ??
      null
    );
  }

  /** Null where it cannot be read which are watched. */
  async #peers(caller: Caller): Promise<PeerFacts[] | null> {
    const found = await this.#ports.peers.list(caller).catch(() => null);
    return (
      found?.map(({ name, state, since, problem }) => ({
        name,
        state: state === 'unknown' ? null : state,
        sinceMs: since === null ? 0 : Date.parse(since),
        problem: problem?.message ?? null,
      })) ?? null
    );
  }

  #moment(): Moment {
    const { nowMs, wokeAtMs, isSettled } = this.#ports;
    const now = nowMs();
    return { nowMs: now, isUnsettled: !isSettled(), justWoke: now - wokeAtMs() < catchUpMs };
  }

  /** Null while the configuration cannot be read: then nothing is known, which is not the same as nothing. */
  async #sources(
    caller: Caller,
    connections: readonly ConnectionView[],
    planned: readonly SourcePlanView[],
    { nowMs, isUnsettled, justWoke }: Moment,
  ): Promise<{ readonly facts: SourceFacts[]; readonly waiting: ReadonlyMap<string, string[]> } | 'lost' | null> {
    const { catalog } = this.#ports;
    const configured = await this.#isConfigured(caller);
    if (configured !== true) return configured;
    const [registered, profiles, assignments, repositories, accounts] = await Promise.all([
      catalog.read('registeredSources.list', caller, null),
      catalog.read('profiles.list', caller, null),
      catalog.read('profiles.assignments', caller, null),
      catalog.read('repositories.list', caller, null),
      catalog.read('awsAccounts.list', caller, null),
    ]);
    const names = registered.map(({ name }) => name);
    const [newest, known] = await Promise.all([
      catalog.read('sourceOverview.newestGood', caller, {
        names,
        hostname: hostname(),
        atMostMs: nowMs + clockSlackMs,
      }),
      catalog.read('alertFacts.of', caller, { sources: names }),
    ]);
    const listed = new Set(repositories.map(({ repository }) => repository));
    const unread = connections.some(({ repository }) => !listed.has(repository));
    const plans = new Map(planned.map((one) => [one.source, one]));
    const waiting = new Map<string, string[]>();
    const zone = machineZone();
    const facts = registered.map((source): SourceFacts => {
      const from = effectiveProfile(source, assignments);
      const definition = profiles.find(({ profile }) => profile === from?.profile)?.definition ?? null;
      const own = plans.get(source.name);
      const isDue = own !== undefined && (own.isRunning || own.due.length > 0);
      const place = connections.find(({ id, primary }) =>
        definition?.repository === null || definition === null ? primary : id === definition.repository,
      );
      if (isDue && own.waitsFor !== null && place !== undefined)
        waiting.set(place.id, [...(waiting.get(place.id) ?? []), source.name]);
      return {
        name: source.name,
        addedAtMs: Date.parse(source.addedAt),
        newestGoodAtMs: newest[source.name] ?? null,
        rpoMs: rpoOf(source, definition, zone),
        unread,
        ...firstEnd(source, accounts),
        catchingUp: isUnsettled || (justWoke && isDue && own.waitsFor === null),
        ...(known[source.name] ?? {
          lastRun: null,
          suspect: null,
          review: null,
          expiryProblem: null,
          findings: noFindings,
        }),
      };
    });
    return { facts, waiting };
  }

  async #isConfigured(caller: Caller): Promise<true | 'lost' | null> {
    const { home, catalog } = this.#ports;
    try {
      return (await isConfigured({ home, catalog, caller })) ? true : null;
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'CONFIGURATION_LOST') return 'lost';
      throw error;
    }
  }

  #repository(
    { id, name, state, remembered }: ConnectionView,
    waiting: readonly string[],
    now: number,
  ): RepositoryFacts {
    const before = this.#since.get(id);
    // By the clock that only grows: that of the day may jump.
    const tick = performance.now();
    const since = before?.state === state ? before.atMs : tick;
    this.#since.set(id, { state, atMs: since });
    const sinceMs = now - (tick - since);
    // One whose password is remembered is opened by whoever needs it.
    return { id, name, state, sinceMs, waiting: remembered ? [] : waiting };
  }
}

function storeIn(stores: ReadonlyMap<string, KnownStore>, { id }: ConnectionView): Pick<RepositoryFacts, 'store'> {
  const found = stores.get(id);
  if (found === undefined) return {};
  const { name, samples, fitsBytes, fitsFrom, locks } = found;
  return { store: { id, name, samples, fitsBytes, fitsFrom, locks } };
}

function firstEnd(source: object, accounts: readonly KnownAwsAccount[]): Pick<SourceFacts, 'awsAccount'> {
  const named = new Set(accountsNamedBy(source));
  const [first] = accounts
    .filter(({ definition }) => named.has(definition.name))
    .flatMap((account): (AccountEnd & { name: string })[] => {
      const end = accountEnd(account);
      return end === null ? [] : [{ ...end, name: account.definition.name }];
    })
    .toSorted((a, b) => a.atMs - b.atMs);
  return first === undefined ? {} : { awsAccount: first };
}
