/** What of this machine no source has, for whoever may look at it. */
import { hostname } from 'node:os';
import { isAbsolute } from 'node:path';
import { covers } from '../../../../shared/model/roles.ts';
import { unprotectedFolders } from '../../sources/folder/unprotected-folders.ts';
import type { FoundPlace } from '../../sources/folder/unprotected-protocol.ts';
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';

export type MachineLook = {
  readonly places: readonly FoundPlace[];
  readonly lookedAt: readonly string[];
  readonly notLooked: readonly string[];
};

/** As of choosing folders: only for who may say what is protected, and only for the owner of the machine. */
export async function lookAtMachine(context: CallContext, signal: AbortSignal | undefined): Promise<MachineLook> {
  if (!covers(context.role, 'admin') || !context.bounds.isOwner) {
    const why = 'Folders of this machine were not looked at: that takes the right to say what is protected.';
    return { places: [], lookedAt: [], notLooked: [why] };
  }
  const { catalog, caller, connections, home } = context;
  const sources = (await isConfigured(context)) ? await catalog.read('registeredSources.list', caller, null) : [];
  const all = await connections.list(caller);
  const clones = await catalog.read('clones.list', caller, null);
  const { places, notLooked } = await unprotectedFolders({
    protectedPaths: sources.flatMap((source) => (source.kind === 'folder' ? source.paths : [])),
    leftOut: [
      home,
      ...all.flatMap(({ location }) => (isAbsolute(location) ? [location] : [])),
      ...clones.flatMap(({ place }) => ('path' in place ? [place.path] : [])),
    ],
    signal,
  });
  return { places, lookedAt: [`folders of ${hostname()}`], notLooked };
}
