/** From a location and a password to an open repository. */
import { resolve } from 'node:path';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import { folderOfLocation } from '../../../shared/model/location.ts';
import type { Backend } from '../repository/backend/backend.ts';
import { LocalBackend } from '../repository/backend/local.ts';
import { withRetry } from '../repository/backend/retry.ts';
import type { Demand, RepositoryUse } from '../jobs/limits.ts';
import { openRepository, type Repository } from '../repository/repository.ts';

/** Throws REPOSITORY_KIND_UNSUPPORTED. */
export function openBackend(location: string): Backend {
  return withRetry(new LocalBackend(resolve(folderOfLocation(location))));
}

export async function openAccess({ location, password }: RepositoryAccess): Promise<Repository> {
  return openRepository(openBackend(location), password);
}

/** What a job needs of a repository, so that those that cannot run side by side wait for each other. */
export function repositoryUse({ location }: RepositoryAccess, use: RepositoryUse): Demand['repository'] {
  return { location: resolve(location), use };
}
