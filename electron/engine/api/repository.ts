import { checkRepository } from '../repository/check.ts';
import { unlockRepository } from '../repository/lock.ts';
import { initRepository, type Repository } from '../repository/repository.ts';
import { repositoryStats } from '../repository/stats.ts';
import type { CheckResult, RepositoryInfo } from '../../../shared/contract/repository.ts';
import { formatCount } from '../../../shared/model/units.ts';
import type { Verdict } from '../jobs/job.ts';
import { openAccess, repositoryUse } from './access.ts';
import { handlers } from './context.ts';
import { streamJob } from './stream-job.ts';

export const repositoryHandlers = {
  init: handlers.repository.init.handler(async ({ input, context }) => {
    const backend = await context.connections.place(context.caller, input.repository);
    return present(await initRepository(backend, input.repository.password, { version: input.version }));
  }),
  info: handlers.repository.info.handler(async ({ input, context }) =>
    present(await openAccess(context, input.repository)),
  ),
  stats: handlers.repository.stats.handler(async ({ input, context, signal }) => {
    return repositoryStats(await openAccess(context, input.repository), signal);
  }),
  check: handlers.repository.check.handler(async function* ({ input, context, signal }) {
    const { readDataPercent, detach } = input;
    const use = await repositoryUse(context, input.repository, 'read');
    const job = {
      kind: 'check',
      title: use.location,
      priority: 'normal' as const,
      repository: use,
      detach,
      judge: verdictOf,
    };
    yield* streamJob({ context, signal }, job, async (voice) =>
      checkRepository({
        ...voice,
        repository: await openAccess(context, input.repository),
        readDataPercent,
        checksHead: true,
      }),
    );
  }),
  unlock: handlers.repository.unlock.handler(async ({ input, context }) => {
    return { removed: await unlockRepository(await openAccess(context, input.repository), input.all) };
  }),
};

function present({ config, backend }: Repository): RepositoryInfo {
  return { id: config.id, location: backend.location, version: config.version };
}

function verdictOf({ errors, snapshots, packs, packsRead }: CheckResult): Verdict {
  const looked = `${formatCount(snapshots)} snapshots, ${formatCount(packs)} packs, ${formatCount(packsRead)} of them read`;
  if (errors.length === 0) return { state: 'done', summary: `No damage found in ${looked}.` };
  return { state: 'failed', summary: `${formatCount(errors.length)} errors in ${looked}.` };
}
