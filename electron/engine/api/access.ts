/** From what a call says about a repository to an open one. */
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { Demand, RepositoryUse } from '../jobs/limits.ts';
import type { Repository } from '../repository/repository.ts';
import type { CallContext } from './context.ts';

type Context = Pick<CallContext, 'connections' | 'caller'>;

export async function openAccess({ connections, caller }: Context, access: RepositoryAccess): Promise<Repository> {
  return connections.open(caller, access);
}

/** What a job needs of a repository, so that those that cannot run side by side wait for each other. */
export async function repositoryUse(
  { connections, caller }: Context,
  access: RepositoryAccess,
  use: RepositoryUse,
): Promise<NonNullable<Demand['repository']>> {
  return { location: await connections.locate(caller, access), use };
}
