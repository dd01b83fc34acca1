/** Counts what goes through a backend. Wraps any backend. */
import type { Backend } from '../backend/backend.ts';
import { delegate, pacedBy } from '../backend/delegate.ts';
import { countingRetries } from '../backend/retry.ts';
import { Repository } from '../repository.ts';

export type Traffic = { requests: number; retries: number; savedBytes: number; packs: number };

export function noTraffic(): Traffic {
  return { requests: 0, retries: 0, savedBytes: 0, packs: 0 };
}

/** The same repository elsewhere, or in other clothes. */
export function reached({ config, key, keyId }: Repository, backend: Backend): Repository {
  return new Repository(backend, config, key, keyId);
}

/** What threads read from files of this machine by themselves is no call. */
export function withTraffic(backend: Backend, traffic: Traffic): Backend {
  const counted = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    traffic.requests += 1;
    return countingRetries(() => (traffic.retries += 1), call);
  };
  return {
    ...delegate(backend),
    ...pacedBy(backend, (paced) => withTraffic(paced, traffic)),
    create: () => counted(() => backend.create()),
    save: async (handle, data) => {
      await counted(() => backend.save(handle, data));
      traffic.savedBytes += data.length;
      if (handle.type === 'data') traffic.packs += 1;
    },
    load: (handle, range) => counted(() => backend.load(handle, range)),
    list: (type) => counted(() => backend.list(type)),
    remove: (handle) => counted(() => backend.remove(handle)),
    listUnfinished: () => counted(() => backend.listUnfinished()),
    removeUnfinished: (path) => counted(() => backend.removeUnfinished(path)),
  };
}
