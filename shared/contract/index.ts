/** The one typed contract that every door serves: calls, shapes and events. */
import { jobsContract } from './jobs.ts';
import { catalogContract } from './catalog.ts';
import { keysContract } from './keys.ts';
import { protectionContract } from './protection.ts';
import { recoveryContract } from './recovery.ts';
import { repositoryContract } from './repository.ts';
import { snapshotsContract } from './snapshots.ts';

export const contract = {
  repository: repositoryContract,
  keys: keysContract,
  snapshots: snapshotsContract,
  protection: protectionContract,
  recovery: recoveryContract,
  jobs: jobsContract,
  catalog: catalogContract,
};
