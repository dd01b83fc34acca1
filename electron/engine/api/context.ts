/** What every call carries: who calls, for which tenant, and where this engine lives. */
import { implement } from '@orpc/server';
import type { Caller } from '../../../shared/contract/common.ts';
import { contract } from '../../../shared/contract/index.ts';
import type { HoldfastError } from '../../../shared/model/errors.ts';
import type { Browsers } from '../browsing/browsers.ts';
import type { Role } from '../../../shared/model/roles.ts';
import type { Connections } from '../connections/connections.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { JobBook } from '../jobs/job-book.ts';
import type { LiveFeed } from './live/live-feed.ts';
import type { JobRunner } from '../jobs/runner.ts';
import type { ImpactGovernor } from '../protection/impact-governor.ts';
import type { RunHistory } from '../protection/run-history.ts';
import type { Scheduler } from '../protection/scheduler.ts';
import type { AlertService } from './alert-service.ts';
import type { AwsSessions } from './aws-sessions.ts';
import type { SourceSecrets } from './source-secrets.ts';
import type { SyncService } from './sync-service.ts';
import type { SecretStore } from '../platform/secret-store.ts';
import type { LeaseKeeper } from '../sites/failover/lease-keeper.ts';
import type { SiteServer } from '../sites/server/site-server.ts';
import type { SessionView } from './http/sessions.ts';
import type { EngineLife } from './about/engine-life.ts';
import type { DrillBook } from '../recovery/drills/drill-book.ts';
import type { EvidenceBook } from '../recovery/evidence/evidence-book.ts';
import type { GitCache } from '../recovery/git/cache.ts';
import type { GitListings } from '../recovery/git/listing.ts';
import type { Peers } from '../monitoring/peers/peers.ts';
import type { PlanBook } from '../recovery/plans/plan-book.ts';
import type { Bounds } from '../tenants/bounds.ts';
import type { Tenants } from '../tenants/tenants.ts';
import type { RunBook } from '../recovery/runs/run-book.ts';

/** Who asks, and what the door it came through lets it do. The role is no part of the caller: rows do not keep it. */
export type Calling = {
  readonly caller: Caller;
  readonly role: Role;
  /** The operator of the home acts for the tenant of the caller. */
  readonly actingOperator?: true;
  /** Of a browser: by which session it asks. */
  readonly session?: string;
};

/** The console in a browser, where this engine serves one. */
export interface ConsoleDoor {
  readonly origin: string;
  /** A link that signs a browser in once, as this caller. */
  newLink(calling: Calling): { readonly url: string; readonly expiresAtMs: number };
  /** Browsers that are signed in for a tenant. */
  sessions(tenant: string): SessionView[];
  /** Puts a browser out, with all that it has under way; null where there is none. */
  revokeSession(tenant: string, id: string): Promise<SessionView | null>;
  /** Those that nobody has used yet. */
  dropLinks(tenant: string): void;
  /** What was asked by it ends now. */
  tokenRevoked(id: string): void;
  /** Ends the sessions, links and calls of a tenant. */
  endTenant(tenant: string, reason: HoldfastError): Promise<void>;
}

export type CallContext = Calling & {
  readonly home: string;
  /** Those of this home. */
  readonly tenants: Tenants;
  /** What of this machine the tenant of the caller may use. */
  readonly bounds: Bounds;
  readonly catalog: Catalog;
  /** Threads that look into folders of snapshots. */
  readonly browsers: Browsers;
  /** Git repositories that were unpacked from snapshots. */
  readonly gitCache: GitCache;
  /** Which Git repositories snapshots hold that were looked at. */
  readonly gitListings: GitListings;
  /** Repositories the console works with. */
  readonly connections: Connections;
  /** Where passwords outlive this engine; null: nowhere. */
  readonly secrets: SecretStore | null;
  /** Who may push to this home, also while nobody is served. */
  readonly siteServer: SiteServer;
  readonly live: LiveFeed;
  readonly jobs: JobRunner;
  readonly jobBook: JobBook;
  readonly runs: RunBook;
  /** Runs of recovery plans. */
  readonly planRuns: PlanBook;
  readonly life: EngineLife;
  /** Keeps runs of protection within what an operator lets them take. */
  readonly impact: ImpactGovernor;
  readonly runHistory: RunHistory;
  readonly alerts: AlertService;
  /** Signed records of runs, drills and repairs, and of what operators ask for. */
  readonly evidence: EvidenceBook;
  readonly drills: DrillBook;
  /** Other consoles that this one watches. */
  readonly peers: Peers;
  /** What this console may do, where it needs a lease for it. */
  readonly lease: LeaseKeeper;
  /** Sends what is to be at sites. */
  readonly sync: SyncService;
  /** What sources elsewhere are reached with. */
  readonly sourceSecrets: SourceSecrets;
  /** AWS credentials in use. */
  readonly awsSessions: AwsSessions;
  /** A schedule asks for it: nobody is there to sign in anywhere. */
  readonly isScheduled?: true;
  /** Null in an engine that does not stay: there nothing runs by itself. */
  readonly scheduler: Scheduler | null;
  /** To be called when pauses, profiles or what is given to whom have changed. */
  readonly rePlan: () => void;
  /** The same for other tenants, once their standing is other. */
  readonly rePlanFor: (tenant: string) => void;
  /** The time of day that decides what is due. */
  readonly nowMs: () => number;
  /** The time of day for new snapshots; another one than the machine's in a sandbox only. */
  readonly takenAtMs: () => number;
  /** Whether this engine stays when its first caller has left. */
  readonly stays: boolean;
  readonly console: ConsoleDoor | null;
};

export const handlers = implement(contract).$context<CallContext>();
