/** Counts what goes through a backend, and lets no more through than it may. Wraps any backend. */
import type { Backend } from '../backend/backend.ts';
import { countingRetries } from '../backend/retry.ts';
import { Repository } from '../repository.ts';
import type { Pace } from './pace.ts';

export type Traffic = { requests: number; retries: number; savedBytes: number; packs: number };

export function noTraffic(): Traffic {
  return { requests: 0, retries: 0, savedBytes: 0, packs: 0 };
}

/** The same repository, its calls counted; what threads read from files of this machine by themselves is none. */
export function watched(repository: Repository, traffic: Traffic, pace: Pace | null = null): Repository {
  const { backend, config, key, keyId } = repository;
  return new Repository(withTraffic(backend, traffic, pace), config, key, keyId);
}

function withTraffic(backend: Backend, traffic: Traffic, pace: Pace | null): Backend {
  const counted = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    traffic.requests += 1;
    return countingRetries(() => (traffic.retries += 1), call);
  };
  return {
    location: backend.location,
    localFolder: backend.localFolder,
    listingDelayMs: () => backend.listingDelayMs(),
    create: () => counted(() => backend.create()),
    save: async (handle, data) => {
      await pace?.pass(data.length);
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
