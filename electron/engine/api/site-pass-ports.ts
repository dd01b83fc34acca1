/** What sending to a site needs of the engine. */
import { join } from 'node:path';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { machineZone } from '../platform/machine-zone.ts';
import type { PassPorts } from '../sites/site-pass.ts';
import { openAccess } from './access.ts';
import type { CallContext } from './context.ts';
import { mustFindSite, openSite } from './site-access.ts';
import { noteQuietly, siteTerms } from './site-upkeep.ts';
import type { PassRequest } from './sync-service.ts';

export function passPorts(context: CallContext, request: PassRequest, job: () => string): PassPorts {
  const { catalog, caller, home, nowMs, jobs } = context;
  const { primary, otherwise = null } = request;
  return {
    catalog,
    caller,
    nowMs,
    zone: machineZone,
    // Loaded only by who sends something.
    copy: async (copying) => (await import('../repository/copy/copy-snapshots.ts')).copySnapshots(copying),
    memory: join(home, 'cache', 'sync'),
    openSite: async (name) => openSite(context, await mustFindSite(context, name), otherwise),
    openPrimary: async () => {
      if (primary === null)
        throw new HoldfastError(
          'NO_REPOSITORY',
          'No repository is the one that is protected into, so nothing is sent.',
        );
      return openAccess(context, primary);
    },
    note: (repository, signal) => noteQuietly(context, repository, { signal, onNotice: () => undefined }),
    terms: (repository) => siteTerms(context, '', repository),
    mustMakeRoom: () => jobs.standsInTheWay(job()),
  };
}
