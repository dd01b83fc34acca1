/** All steps, in order. A new one is a file of its own and a line here; its version is the next number. */
import { snapshotsAndVersions } from './001-snapshots-and-versions.ts';
import { jobs } from './020-jobs.ts';
import { configuration } from './030-configuration.ts';
import { apiTokens } from './040-api-tokens.ts';
import { restoreRuns } from './050-restore-runs.ts';
import { consoleQueries } from './060-console.ts';
import { shortNames } from './070-short-names.ts';
import { protection } from './075-protection.ts';
import { incidents } from './080-incidents.ts';
import { alerts } from './085-alerts.ts';
import { hooks } from './090-hooks.ts';
import { systemSnapshots } from './100-system-snapshots.ts';
import { runsInOrder } from './095-runs-in-order.ts';
import { sourceFindings } from './110-source-findings.ts';
import { nativeSnapshots } from './130-native-snapshots.ts';
import { sites } from './140-sites.ts';
import { integrity } from './150-integrity.ts';
import { epochs } from './160-epochs.ts';
import { standbys } from './170-standbys.ts';
import { drills } from './200-drills.ts';
import { evidence } from './210-evidence.ts';
import { awsAccounts } from './120-aws-accounts.ts';
import { recoveryPlans } from './190-recovery-plans.ts';
import { clones } from './246-clones.ts';
import { gapDismissals } from './247-gap-dismissals.ts';
import { placeSpeeds } from './240-place-speeds.ts';
import { systemMoments } from './250-system-moments.ts';
import { usage } from './235-usage.ts';
import { recoveryRole } from './225-recovery-role.ts';
import { holdCases } from './236-hold-cases.ts';
import { idempotencyKeys } from './226-idempotency-keys.ts';
import { reports } from './230-reports.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  snapshotsAndVersions,
  jobs,
  configuration,
  apiTokens,
  restoreRuns,
  consoleQueries,
  shortNames,
  protection,
  incidents,
  alerts,
  hooks,
  runsInOrder,
  systemSnapshots,
  sourceFindings,
  awsAccounts,
  nativeSnapshots,
  sites,
  integrity,
  epochs,
  standbys,
  recoveryPlans,
  drills,
  evidence,
  recoveryRole,
  idempotencyKeys,
  reports,
  usage,
  holdCases,
  placeSpeeds,
  clones,
  gapDismissals,
  systemMoments,
];
