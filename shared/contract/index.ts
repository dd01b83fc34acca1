/** The one typed contract that every door serves: calls, shapes and events. */
import { catalogContract } from './catalog.ts';
import { configurationContract } from './configuration.ts';
import { credentialsContract } from './credentials.ts';
import { engineContract } from './engine.ts';
import { holdsContract } from './holds.ts';
import { jobsContract } from './jobs.ts';
import { keysContract } from './keys.ts';
import { protectionContract } from './protection.ts';
import { recoveryContract } from './recovery.ts';
import { recoveryKitContract } from './recovery-kit.ts';
import { repositoryContract } from './repository.ts';
import { restoreRunsContract } from './restore-runs.ts';
import { settingsContract } from './settings.ts';
import { snapshotsContract } from './snapshots.ts';
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
  sources: sourcesContract,
  settings: settingsContract,
  holds: holdsContract,
  credentials: credentialsContract,
  configuration: configurationContract,
  restoreRuns: restoreRunsContract,
  recoveryKit: recoveryKitContract,
  engine: engineContract,
};
