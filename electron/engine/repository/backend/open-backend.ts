/** From a location, as a person writes it, to the backend behind it. */
import { resolve } from 'node:path';
import { folderOfLocation } from '../../../../shared/model/location.ts';
import type { Backend } from './backend.ts';
import { LocalBackend } from './local.ts';
import { withRetry } from './retry.ts';

/** REPOSITORY_KIND_UNSUPPORTED. */
export function openBackend(location: string): Backend {
  return withRetry(new LocalBackend(locationPath(location)));
}

/** The folder that the location names, absolute. REPOSITORY_KIND_UNSUPPORTED. */
export function locationPath(location: string): string {
  return resolve(folderOfLocation(location));
}
