/** The contract's handlers, one file per router. */
import { catalogHandlers } from './catalog.ts';
import { handlers } from './context.ts';
import { jobsHandlers } from './jobs.ts';
import { keysHandlers } from './keys.ts';
import { protectionHandlers } from './protection.ts';
import { recoveryHandlers } from './recovery.ts';
import { repositoryHandlers } from './repository.ts';
import { snapshotsHandlers } from './snapshots.ts';
import { upkeepHandlers } from './upkeep.ts';

export const engineRouter = handlers.router({
  repository: repositoryHandlers,
  keys: keysHandlers,
  snapshots: snapshotsHandlers,
  protection: protectionHandlers,
  recovery: recoveryHandlers,
  catalog: catalogHandlers,
  jobs: jobsHandlers,
  upkeep: upkeepHandlers,
});
