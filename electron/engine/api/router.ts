/** The contract's handlers, one file per router. */
import { alertsHandlers } from './alerts.ts';
import { browseHandlers } from './browse.ts';
import { casesHandlers } from './cases.ts';
import { catalogHandlers } from './catalog.ts';
import { clonesHandlers } from './clones/clones.ts';
import { complianceHandlers } from './compliance/compliance.ts';
import { configurationHandlers } from './configuration.ts';
import { consoleHandlers } from './console.ts';
import { handlers } from './context.ts';
import { credentialsHandlers } from './credentials.ts';
import { drillsHandlers } from './drills/drills.ts';
import { engineHandlers } from './engine.ts';
import { eventsHandlers } from './events.ts';
import { evidenceHandlers } from './evidence/evidence.ts';
import { failoverHandlers } from './failover/failover.ts';
import { gapsHandlers } from './gaps/gaps.ts';
import { gitHandlers } from './git.ts';
import { holdsHandlers } from './holds.ts';
import { incidentsHandlers } from './incidents.ts';
import { integrityHandlers } from './integrity/integrity.ts';
import { jobsHandlers } from './jobs.ts';
import { keysHandlers } from './keys.ts';
import { liveHandlers } from './live.ts';
import { peersHandlers } from './peers.ts';
import { planRunsHandlers } from './plans/plan-runs.ts';
import { pointsHandlers } from './points/points.ts';
import { plansHandlers } from './plans/plans.ts';
import { profilesHandlers } from './profiles.ts';
import { protectionHandlers } from './protection.ts';
import { recoveryHandlers } from './recovery.ts';
import { repositoriesHandlers } from './repositories.ts';
import { recoveryKitHandlers } from './recovery-kit.ts';
import { reportsHandlers } from './reports/reports.ts';
import { subscriptionsHandlers } from './reports/subscriptions.ts';
import { repositoryHandlers } from './repository.ts';
import { routesHandlers } from './routes.ts';
import { restoreRunsHandlers } from './restore-runs.ts';
import { retentionHandlers } from './retention.ts';
import { scheduleHandlers } from './schedule.ts';
import { sessionsHandlers } from './sessions.ts';
import { settingsHandlers } from './settings.ts';
import { sitesHandlers } from './sites.ts';
import { siteServerHandlers } from './site-server.ts';
import { snapshotsHandlers } from './snapshots.ts';
import { storageHandlers } from './storage/storage.ts';
import { standbyHandlers } from './standby/standby.ts';
import { syncHandlers } from './sync.ts';
import { systemsHandlers } from './systems.ts';
import { offersHandlers } from './tenants/offers.ts';
import { tenantsHandlers } from './tenants/tenants.ts';
import { tokensHandlers } from './tokens.ts';
import { upkeepHandlers } from './upkeep.ts';
import { sourcesHandlers } from './sources.ts';

/** What needs AWS's kit is loaded when it is first called: that kit takes longer to load than all the rest. */
export const engineRouter = handlers.router({
  repository: repositoryHandlers,
  keys: keysHandlers,
  snapshots: snapshotsHandlers,
  protection: protectionHandlers,
  recovery: recoveryHandlers,
  catalog: catalogHandlers,
  integrity: integrityHandlers,
  jobs: jobsHandlers,
  upkeep: upkeepHandlers,
  tokens: tokensHandlers,
  tenants: tenantsHandlers,
  offers: offersHandlers,
  console: consoleHandlers,
  sources: sourcesHandlers,
  sites: sitesHandlers,
  sync: syncHandlers,
  standby: standbyHandlers,
  storage: storageHandlers,
  aws: handlers.aws.lazy(async () => ({ default: (await import('./aws.ts')).awsHandlers })),
  schedule: scheduleHandlers,
  native: handlers.native.lazy(async () => ({ default: (await import('./native.ts')).nativeHandlers })),
  plans: plansHandlers,
  planRuns: planRunsHandlers,
  points: pointsHandlers,
  profiles: profilesHandlers,
  systems: systemsHandlers,
  retention: retentionHandlers,
  sessions: sessionsHandlers,
  settings: settingsHandlers,
  siteServer: siteServerHandlers,
  buckets: handlers.buckets.lazy(async () => ({ default: (await import('./buckets.ts')).bucketsHandlers })),
  events: eventsHandlers,
  evidence: evidenceHandlers,
  failover: failoverHandlers,
  gaps: gapsHandlers,
  git: gitHandlers,
  holds: holdsHandlers,
  cases: casesHandlers,
  clones: clonesHandlers,
  compliance: complianceHandlers,
  incidents: incidentsHandlers,
  images: handlers.images.lazy(async () => ({ default: (await import('./images/images.ts')).imagesHandlers })),
  alerts: alertsHandlers,
  routes: routesHandlers,
  reports: reportsHandlers,
  subscriptions: subscriptionsHandlers,
  credentials: credentialsHandlers,
  configuration: configurationHandlers,
  browse: browseHandlers,
  repositories: repositoriesHandlers,
  live: liveHandlers,
  peers: peersHandlers,
  restoreRuns: restoreRunsHandlers,
  drills: drillsHandlers,
  awsRestores: handlers.awsRestores.lazy(async () => ({
    default: (await import('./aws-restores.ts')).awsRestoresHandlers,
  })),
  recoveryKit: recoveryKitHandlers,
  engine: engineHandlers,
});
