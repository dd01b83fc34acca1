import { checkRepository } from '../repository/check.ts';
import { unlockRepository } from '../repository/lock.ts';
import { initRepository, type Repository } from '../repository/repository.ts';
import { repositoryStats } from '../repository/stats.ts';
import type { RepositoryInfo } from '../../../shared/contract/repository.ts';
import { openAccess, openBackend } from './access.ts';
import { handlers } from './context.ts';
import { streamOperation } from './operation.ts';

export const repositoryHandlers = {
  init: handlers.repository.init.handler(async ({ input }) => {
    const { location, password } = input.repository;
    return present(await initRepository(openBackend(location), password, { version: input.version }));
  }),
  info: handlers.repository.info.handler(async ({ input }) => present(await openAccess(input.repository))),
  stats: handlers.repository.stats.handler(async ({ input, signal }) => {
    return repositoryStats(await openAccess(input.repository), signal);
  }),
  check: handlers.repository.check.handler(async function* ({ input, signal }) {
    const repository = await openAccess(input.repository);
    const { readDataPercent } = input;
    yield* streamOperation(signal, (voice) => checkRepository({ ...voice, repository, readDataPercent }));
  }),
  unlock: handlers.repository.unlock.handler(async ({ input }) => {
    return { removed: await unlockRepository(await openAccess(input.repository), input.all) };
  }),
};

function present({ config, backend }: Repository): RepositoryInfo {
  return { id: config.id, location: backend.location, version: config.version };
}
