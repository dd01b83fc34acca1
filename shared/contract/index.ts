/** The one typed contract that every door serves: calls, shapes and events. */
import { alertsContract } from './alerts.ts';
import { awsContract } from './aws.ts';
import { browseContract } from './browse.ts';
import { bucketsContract } from './buckets.ts';
import { casesContract } from './cases.ts';
import { catalogContract } from './catalog.ts';
import { clonesContract } from './clones.ts';
import { complianceContract } from './compliance.ts';
import { configurationContract } from './configuration.ts';
import { consoleContract } from './console.ts';
import { credentialsContract } from './credentials.ts';
import { drillsContract } from './drills.ts';
import { engineContract } from './engine.ts';
import { eventsContract } from './events.ts';
import { evidenceContract } from './evidence.ts';
import { failoverContract } from './failover.ts';
import { gapsContract } from './gaps.ts';
import { gitContract } from './git.ts';
import { holdsContract } from './holds.ts';
import { imagesContract } from './images.ts';
import { incidentsContract } from './incidents.ts';
import { integrityContract } from './integrity.ts';
import { jobsContract } from './jobs.ts';
import { keysContract } from './keys.ts';
import { liveContract } from './live.ts';
import { peersContract } from './peers.ts';
import { nativeContract } from './native.ts';
import { planRunsContract } from './plan-runs.ts';
import { plansContract } from './plans.ts';
import { pointsContract } from './points.ts';
import { profilesContract } from './profiles.ts';
import { protectionContract } from './protection.ts';
import { recoveryContract } from './recovery.ts';
import { repositoriesContract } from './repositories.ts';
import { recoveryKitContract } from './recovery-kit.ts';
import { reportsContract, subscriptionsContract } from './reports.ts';
import { repositoryContract } from './repository.ts';
import { routesContract } from './routes.ts';
import { awsRestoresContract } from './aws-restore-calls.ts';
import { restoreRunsContract } from './restore-runs.ts';
import { retentionContract } from './retention.ts';
import { scheduleContract } from './schedule.ts';
import { sessionsContract } from './sessions.ts';
import { settingsContract } from './settings.ts';
import { sitesContract } from './sites.ts';
import { siteServerContract } from './site-server.ts';
import { snapshotsContract } from './snapshots.ts';
import { storageContract } from './storage.ts';
import { standbyContract } from './standby.ts';
import { syncContract } from './sync.ts';
import { systemsContract } from './systems.ts';
import { offersContract } from './offers.ts';
import { tenantsContract } from './tenants.ts';
import { tokensContract } from './tokens.ts';
import { upkeepContract } from './upkeep.ts';
import { sourcesContract } from './sources.ts';

export const contract = {
  repository: repositoryContract,
  keys: keysContract,
  snapshots: snapshotsContract,
  protection: protectionContract,
  recovery: recoveryContract,
  catalog: catalogContract,
  jobs: jobsContract,
  upkeep: upkeepContract,
  tokens: tokensContract,
  tenants: tenantsContract,
  offers: offersContract,
  console: consoleContract,
  sources: sourcesContract,
  sites: sitesContract,
  sync: syncContract,
  standby: standbyContract,
  storage: storageContract,
  aws: awsContract,
  schedule: scheduleContract,
  native: nativeContract,
  plans: plansContract,
  planRuns: planRunsContract,
  points: pointsContract,
  profiles: profilesContract,
  systems: systemsContract,
  retention: retentionContract,
  sessions: sessionsContract,
  settings: settingsContract,
  siteServer: siteServerContract,
  buckets: bucketsContract,
  events: eventsContract,
  evidence: evidenceContract,
  failover: failoverContract,
  gaps: gapsContract,
  git: gitContract,
  holds: holdsContract,
  cases: casesContract,
  clones: clonesContract,
  compliance: complianceContract,
  incidents: incidentsContract,
  images: imagesContract,
  integrity: integrityContract,
  alerts: alertsContract,
  routes: routesContract,
  reports: reportsContract,
  subscriptions: subscriptionsContract,
  credentials: credentialsContract,
  configuration: configurationContract,
  repositories: repositoriesContract,
  live: liveContract,
  peers: peersContract,
  browse: browseContract,
  restoreRuns: restoreRunsContract,
  awsRestores: awsRestoresContract,
  drills: drillsContract,
  recoveryKit: recoveryKitContract,
  engine: engineContract,
};
