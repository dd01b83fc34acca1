import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HoldfastError } from '../../shared/model/errors.ts';
import { formatLocation, parseLocation } from '../../shared/model/location.ts';
import type { World } from './world.ts';

/** Folder of the catalog, logs and the default repository: HOLDFAST_HOME, else `~/.holdfast`. */
export function holdfastHome(world: World): string {
  const configured = world.env['HOLDFAST_HOME'];
  if (configured !== undefined && configured !== '') return resolve(world.folder, configured);
  return join(world.userHome, '.holdfast');
}

/** The repository the operator named, by option or variable; null where none is named. */
export function configuredLocation(world: World, option: string | undefined): string | null {
  const named = option ?? world.env['HOLDFAST_REPOSITORY'];
  return named === undefined || named === '' ? null : absoluteLocation(world, named);
}

/** In its one form, a folder absolute. What is none is refused here, before a password is asked for: as `parseLocation`. */
export function absoluteLocation(world: World, text: string): string {
  const location = parseLocation(text);
  return location.kind === 'local' ? resolve(world.folder, location.folder) : formatLocation(location);
}

export function defaultLocation(world: World): string {
  return join(holdfastHome(world), 'repository');
}

/**
 * Whether something lies at the default place. A folder with anything in it counts, even one without a config file:
 * a damaged repository must be reported as such, never be taken for a free place.
 */
export async function defaultExists(world: World): Promise<boolean> {
  try {
    return (await readdir(defaultLocation(world))).length > 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** The repository a command works on: the named one, else the default where it exists, else NO_REPOSITORY. */
export async function requireLocation(world: World, option: string | undefined): Promise<string> {
  const configured = configuredLocation(world, option);
  if (configured !== null) return configured;
  if (await defaultExists(world)) return defaultLocation(world);
  throw new HoldfastError(
    'NO_REPOSITORY',
    `No repository is configured, and there is none at the default place, ${defaultLocation(world)}.`,
  );
}
