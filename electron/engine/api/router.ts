/**
 * The contract's handlers, one file per router, each loaded when it is first called: a command needs few of them, and to
 * load all takes longer than most commands. An engine that stays loads them before it serves (`loadRouter`), so that it
 * is of one piece whatever becomes of its files meanwhile. Only what needs AWS's kit comes late there too.
 */
import { unlazy } from '@orpc/server';
import { handlers } from './context.ts';

export const engineRouter = handlers.router({
  repository: handlers.repository.lazy(async () => ({ default: (await import('./repository.ts')).repositoryHandlers })),
  keys: handlers.keys.lazy(async () => ({ default: (await import('./keys.ts')).keysHandlers })),
  snapshots: handlers.snapshots.lazy(async () => ({ default: (await import('./snapshots.ts')).snapshotsHandlers })),
  protection: handlers.protection.lazy(async () => ({ default: (await import('./protection.ts')).protectionHandlers })),
  recovery: handlers.recovery.lazy(async () => ({ default: (await import('./recovery.ts')).recoveryHandlers })),
  catalog: handlers.catalog.lazy(async () => ({ default: (await import('./catalog.ts')).catalogHandlers })),
  integrity: handlers.integrity.lazy(async () => ({
    default: (await import('./integrity/integrity.ts')).integrityHandlers,
  })),
  jobs: handlers.jobs.lazy(async () => ({ default: (await import('./jobs.ts')).jobsHandlers })),
  upkeep: handlers.upkeep.lazy(async () => ({ default: (await import('./upkeep.ts')).upkeepHandlers })),
  tokens: handlers.tokens.lazy(async () => ({ default: (await import('./tokens.ts')).tokensHandlers })),
  tenants: handlers.tenants.lazy(async () => ({ default: (await import('./tenants/tenants.ts')).tenantsHandlers })),
  offers: handlers.offers.lazy(async () => ({ default: (await import('./tenants/offers.ts')).offersHandlers })),
  console: handlers.console.lazy(async () => ({ default: (await import('./console.ts')).consoleHandlers })),
  sources: handlers.sources.lazy(async () => ({ default: (await import('./sources.ts')).sourcesHandlers })),
  sites: handlers.sites.lazy(async () => ({ default: (await import('./sites.ts')).sitesHandlers })),
  sync: handlers.sync.lazy(async () => ({ default: (await import('./sync.ts')).syncHandlers })),
  standby: handlers.standby.lazy(async () => ({ default: (await import('./standby/standby.ts')).standbyHandlers })),
  storage: handlers.storage.lazy(async () => ({ default: (await import('./storage/storage.ts')).storageHandlers })),
  aws: handlers.aws.lazy(async () => ({ default: (await import('./aws.ts')).awsHandlers })),
  schedule: handlers.schedule.lazy(async () => ({ default: (await import('./schedule.ts')).scheduleHandlers })),
  native: handlers.native.lazy(async () => ({ default: (await import('./native.ts')).nativeHandlers })),
  plans: handlers.plans.lazy(async () => ({ default: (await import('./plans/plans.ts')).plansHandlers })),
  planRuns: handlers.planRuns.lazy(async () => ({ default: (await import('./plans/plan-runs.ts')).planRunsHandlers })),
  points: handlers.points.lazy(async () => ({ default: (await import('./points/points.ts')).pointsHandlers })),
  profiles: handlers.profiles.lazy(async () => ({ default: (await import('./profiles.ts')).profilesHandlers })),
  systems: handlers.systems.lazy(async () => ({ default: (await import('./systems.ts')).systemsHandlers })),
  retention: handlers.retention.lazy(async () => ({ default: (await import('./retention.ts')).retentionHandlers })),
  sessions: handlers.sessions.lazy(async () => ({ default: (await import('./sessions.ts')).sessionsHandlers })),
  settings: handlers.settings.lazy(async () => ({ default: (await import('./settings.ts')).settingsHandlers })),
  siteServer: handlers.siteServer.lazy(async () => ({
    default: (await import('./site-server.ts')).siteServerHandlers,
  })),
  buckets: handlers.buckets.lazy(async () => ({ default: (await import('./buckets.ts')).bucketsHandlers })),
  events: handlers.events.lazy(async () => ({ default: (await import('./events.ts')).eventsHandlers })),
  evidence: handlers.evidence.lazy(async () => ({
    default: (await import('./evidence/evidence.ts')).evidenceHandlers,
  })),
  failover: handlers.failover.lazy(async () => ({
    default: (await import('./failover/failover.ts')).failoverHandlers,
  })),
  gaps: handlers.gaps.lazy(async () => ({ default: (await import('./gaps/gaps.ts')).gapsHandlers })),
  clones: handlers.clones.lazy(async () => ({ default: (await import('./clones/clones.ts')).clonesHandlers })),
  git: handlers.git.lazy(async () => ({ default: (await import('./git.ts')).gitHandlers })),
  holds: handlers.holds.lazy(async () => ({ default: (await import('./holds.ts')).holdsHandlers })),
  cases: handlers.cases.lazy(async () => ({ default: (await import('./cases.ts')).casesHandlers })),
  compliance: handlers.compliance.lazy(async () => ({
    default: (await import('./compliance/compliance.ts')).complianceHandlers,
  })),
  incidents: handlers.incidents.lazy(async () => ({ default: (await import('./incidents.ts')).incidentsHandlers })),
  images: handlers.images.lazy(async () => ({ default: (await import('./images/images.ts')).imagesHandlers })),
  alerts: handlers.alerts.lazy(async () => ({ default: (await import('./alerts.ts')).alertsHandlers })),
  routes: handlers.routes.lazy(async () => ({ default: (await import('./routes.ts')).routesHandlers })),
  reports: handlers.reports.lazy(async () => ({ default: (await import('./reports/reports.ts')).reportsHandlers })),
  subscriptions: handlers.subscriptions.lazy(async () => ({
    default: (await import('./reports/subscriptions.ts')).subscriptionsHandlers,
  })),
  credentials: handlers.credentials.lazy(async () => ({
    default: (await import('./credentials.ts')).credentialsHandlers,
  })),
  configuration: handlers.configuration.lazy(async () => ({
    default: (await import('./configuration.ts')).configurationHandlers,
  })),
  browse: handlers.browse.lazy(async () => ({ default: (await import('./browse.ts')).browseHandlers })),
  repositories: handlers.repositories.lazy(async () => ({
    default: (await import('./repositories.ts')).repositoriesHandlers,
  })),
  live: handlers.live.lazy(async () => ({ default: (await import('./live.ts')).liveHandlers })),
  peers: handlers.peers.lazy(async () => ({ default: (await import('./peers.ts')).peersHandlers })),
  restoreRuns: handlers.restoreRuns.lazy(async () => ({
    default: (await import('./restore-runs.ts')).restoreRunsHandlers,
  })),
  drills: handlers.drills.lazy(async () => ({ default: (await import('./drills/drills.ts')).drillsHandlers })),
  awsRestores: handlers.awsRestores.lazy(async () => ({
    default: (await import('./aws-restores.ts')).awsRestoresHandlers,
  })),
  recoveryKit: handlers.recoveryKit.lazy(async () => ({
    default: (await import('./recovery-kit.ts')).recoveryKitHandlers,
  })),
  engine: handlers.engine.lazy(async () => ({ default: (await import('./engine.ts')).engineHandlers })),
});

const withTheKit: ReadonlySet<string> = new Set(['aws', 'native', 'buckets', 'images', 'awsRestores']);

export async function loadRouter(): Promise<void> {
  const parts = Object.entries(engineRouter).filter(([name]) => !withTheKit.has(name));
  await Promise.all(parts.map(([, part]) => unlazy(part)));
}
