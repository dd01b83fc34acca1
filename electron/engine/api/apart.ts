/** Whether a folder that something is brought back to stands apart from all that is in use: sources, repositories, the home. */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import type { StandbyDefinition } from '../../../shared/contract/standby.ts';
import { isWithin } from '../../../shared/model/clones.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { CallContext } from './context.ts';

/** What may not lie in the target, nor the target in it. `what`: for people. */
export type PlaceInUse = { readonly path: string; readonly what: string };

/** `standbys`: those that may not lie in it either. */
export async function placesInUse(
  { catalog, caller, connections, home }: CallContext,
  standbys: readonly StandbyDefinition[],
): Promise<readonly PlaceInUse[]> {
  const sources = await catalog.read('registeredSources.list', caller, null);
  const places = await connections.list(caller);
  const clones = await catalog.read('clones.list', caller, null);
  return [
    { path: home, what: 'the home of Holdfast' },
    ...places.flatMap(({ location, name }) =>
      isAbsolute(location) ? [{ path: location, what: `the repository ${name}` }] : [],
    ),
    ...sources.flatMap((one) =>
      one.kind === 'folder' ? one.paths.map((path) => ({ path, what: `the source ${one.name}` })) : [],
    ),
    ...standbys.flatMap(({ name, target }) =>
      target.kind === 'bucket' ? [] : [{ path: target.path, what: `the standby ${name}` }],
    ),
    ...clones.flatMap(({ id, place }) => ('path' in place ? [{ path: place.path, what: `the clone ${id}` }] : [])),
  ];
}

/** TARGET_UNUSABLE, with links followed as far as it is there. */
export async function mustBeApart(path: string, others: readonly PlaceInUse[]): Promise<void> {
  const own = await realPlace(path);
  for (const { path: other, what } of others) {
    const place = await realPlace(other);
    if (isWithin(own, place)) throw new HoldfastError('TARGET_UNUSABLE', `${path} is part of ${what}.`);
    if (isWithin(place, own)) throw new HoldfastError('TARGET_UNUSABLE', `${what} lies in ${path}.`);
  }
}

/** Of one that is not there yet, by what is. */
async function realPlace(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const real = await realpath(at).catch(() => null);
    if (real !== null)
      return at === path ? real : `${real === '/' ? '' : real}${path.slice(at === '/' ? 0 : at.length)}`;
    if (at === '/') return path;
  }
}
