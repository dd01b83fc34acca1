/** All aggregates of the catalog. A new one is a file and a line here. */
import { awsAccounts } from './aws-accounts.ts';
import { browse } from './browse.ts';
import { alertFacts } from './alert-facts.ts';
import { alerts } from './alerts.ts';
import { apiTokens } from './api-tokens.ts';
import { clones } from './clones.ts';
import { configuration } from './configuration.ts';
import { deliveries } from './deliveries.ts';
import { drills } from './drills.ts';
import { evidence } from './evidence.ts';
import { gapDismissals } from './gap-dismissals.ts';
import { heldAt } from './held-at.ts';
import { holdCases } from './hold-cases.ts';
import { holds } from './holds.ts';
import { idempotency } from './idempotency.ts';
import { incidents } from './incidents.ts';
import { integrity } from './integrity.ts';
import { jobs } from './jobs.ts';
import type { Aggregate } from './operations.ts';
import { marks } from './marks.ts';
import { metrics } from './metrics.ts';
import { nativeSnapshots } from './native-snapshots.ts';
import { placeSpeeds } from './place-speeds.ts';
import { points } from './points.ts';
import { openFreezes } from './open-freezes.ts';
import { pauses } from './pauses.ts';
import { protectionRuns } from './protection-runs.ts';
import { planRuns } from './plan-runs.ts';
import { profiles } from './profiles.ts';
import { recoveryPlans } from './recovery-plans.ts';
import { registeredSources } from './registered-sources.ts';
import { removedSnapshots } from './removed-snapshots.ts';
import { reportFacts } from './report-facts.ts';
import { repositories } from './repositories.ts';
import { restorePoints } from './restore-points.ts';
import { restoreRuns } from './restore-runs.ts';
import { retention } from './retention.ts';
import { search } from './search.ts';
import { sites } from './sites.ts';
import { settings } from './settings.ts';
import { snapshots } from './snapshots.ts';
import { sourceOverview } from './source-overview.ts';
import { sourceFindings } from './source-findings.ts';
import { sources } from './sources.ts';
import { standbys } from './standbys.ts';
import { subscriptions } from './subscriptions.ts';
import { syncItems } from './sync-items.ts';
import { systemSnapshots } from './system-snapshots.ts';
import { tenantUsage } from './tenant-usage.ts';
import { upkeep } from './upkeep.ts';
import { usage } from './usage.ts';
import { versions } from './versions.ts';

export const aggregates = {
  apiTokens,
  jobs,
  repositories,
  sources,
  sourceOverview,
  sourceFindings,
  snapshots,
  versions,
  search,
  clones,
  configuration,
  registeredSources,
  awsAccounts,
  planRuns,
  profiles,
  recoveryPlans,
  removedSnapshots,
  reportFacts,
  subscriptions,
  settings,
  holds,
  holdCases,
  idempotency,
  incidents,
  integrity,
  alerts,
  alertFacts,
  deliveries,
  drills,
  evidence,
  browse,
  restorePoints,
  restoreRuns,
  marks,
  metrics,
  nativeSnapshots,
  openFreezes,
  pauses,
  placeSpeeds,
  points,
  protectionRuns,
  retention,
  gapDismissals,
  heldAt,
  sites,
  standbys,
  syncItems,
  systemSnapshots,
  tenantUsage,
  upkeep,
  usage,
} satisfies Record<string, Aggregate>;

export type Aggregates = typeof aggregates;
