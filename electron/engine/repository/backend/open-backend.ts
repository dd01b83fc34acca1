/** From a location, as a person writes it, to the backend behind it. */
import { resolve } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { formatLocation, parseLocation, type RestLocation } from '../../../../shared/model/location.ts';
import { noAccess, type BackendAccess } from './access.ts';
import type { Backend } from './backend.ts';
import { LocalBackend } from './local.ts';
import { folderPolicy, networkPolicy, withRetry } from './retry.ts';

/**
 * `location` as a person writes it. Nothing is asked of the place yet. As `parseLocation`.
 */
export async function openBackend(location: string, access: BackendAccess = noAccess): Promise<Backend> {
  const backend = await bareBackend(location, access);
  return withRetry(backend, backend.localFolder === null ? networkPolicy : folderPolicy);
}

async function bareBackend(text: string, access: BackendAccess): Promise<Backend> {
  const location = parseLocation(text);
  switch (location.kind) {
    case 'local':
      return new LocalBackend(resolve(location.folder));
    case 's3':
      // AWS's kit takes long to load.
      return (await import('./s3/s3-backend.ts')).openS3Backend(location, access);
    case 'rest':
      return openRest(location, access);
    case 'sftp':
      throw new HoldfastError('REPOSITORY_KIND_UNSUPPORTED', `${location.kind}: is not built yet.`);
  }
}

async function openRest({ url }: RestLocation, { settings, secret }: BackendAccess): Promise<Backend> {
  const { RestBackend } = await import('./rest/rest.ts');
  const { user = null, fingerprint = null, authority = null } = settings;
  return new RestBackend({ url, user, password: () => secret('password'), fingerprint, authority });
}

/** The one form of a location: a folder is absolute in it. As `parseLocation`. */
export function wholeLocation(text: string): string {
  const location = parseLocation(text);
  return location.kind === 'local' ? resolve(location.folder) : formatLocation(location);
}
