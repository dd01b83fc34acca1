/** The contract's handlers, one file per router. */
import { catalogHandlers } from './catalog.ts';
import { handlers } from './context.ts';
import { jobsHandlers } from './jobs.ts';
import { keysHandlers } from './keys.ts';
import { protectionHandlers } from './protection.ts';
import { recoveryHandlers } from './recovery.ts';
import { repositoryHandlers } from './repository.ts';
import { snapshotsHandlers } from './snapshots.ts';

export const engineRouter = handlers.router({
  repository: repositoryHandlers,
  keys: keysHandlers,
  snapshots: snapshotsHandlers,
  protection: protectionHandlers,
  recovery: recoveryHandlers,
  jobs: jobsHandlers,
  catalog: catalogHandlers,
});
