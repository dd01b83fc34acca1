/** A backend that hands everything on to another: what a wrapper does not change. */
import type { Backend } from './backend.ts';

export function delegate(backend: Backend): Backend {
  return {
    location: backend.location,
    localFolder: backend.localFolder,
    listingDelayMs: () => backend.listingDelayMs(),
    create: () => backend.create(),
    save: (handle, data) => backend.save(handle, data),
    load: (handle, range) => backend.load(handle, range),
    list: (type) => backend.list(type),
    remove: (handle) => backend.remove(handle),
    listUnfinished: () => backend.listUnfinished(),
    removeUnfinished: (path) => backend.removeUnfinished(path),
    ...pacedBy(backend, (paced) => paced),
    ...(backend.wake === undefined ? {} : { wake: backend.wake.bind(backend) }),
    ...(backend.room === undefined ? {} : { room: backend.room.bind(backend) }),
    ...(backend.retention === undefined ? {} : { retention: backend.retention }),
  };
}

/** `paced` of a wrapper: the wrapped backend is slowed down, and wrapped again. */
export function pacedBy(backend: Backend, wrap: (backend: Backend) => Backend): Pick<Backend, 'paced'> {
  if (backend.paced === undefined) return {};
  const paced = backend.paced.bind(backend);
  return { paced: (pace) => wrap(paced(pace)) };
}
