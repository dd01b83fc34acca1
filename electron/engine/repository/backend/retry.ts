/** Tries again what may only have failed for the moment. Wraps any backend. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Backend } from './backend.ts';

export type RetryPolicy = {
  /** Tries in all. */
  readonly attempts: number;
  /** Wait before the second try; doubled each time. */
  readonly firstDelayMs: number;
  readonly wait?: (delayMs: number) => Promise<unknown>;
};

const defaultPolicy: RetryPolicy = { attempts: 4, firstDelayMs: 200 };

/** Faults of a device or a network may pass; a full disk, a missing file, a missing right or a wrong path will not. */
const passing = new Set([
  'EIO',
  'EAGAIN',
  'EBUSY',
  'EINTR',
  'ETIMEDOUT',
  'ESTALE',
  'ENETDOWN',
  'ENETUNREACH',
  'EHOSTDOWN',
]);

const listener = new AsyncLocalStorage<() => void>();

/** Makes a call, and tells of each time that it, or what it calls, has to be tried again. */
export async function countingRetries<Result>(onRetry: () => void, call: () => Promise<Result>): Promise<Result> {
  return listener.run(onRetry, call);
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof HoldfastError)) return false;
  if (error.code === 'REPOSITORY_UNREACHABLE') return true;
  const { cause } = error;
  if (error.code !== 'IO_ERROR') return false;
  return !(cause instanceof Error) || !('code' in cause) || (typeof cause.code === 'string' && passing.has(cause.code));
}

export function withRetry(backend: Backend, policy: RetryPolicy = defaultPolicy): Backend {
  const wait = policy.wait ?? sleep;
  const retrying = async <Result>(operation: () => Promise<Result>): Promise<Result> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await operation();
      } catch (error) {
        if (attempt >= policy.attempts || !mayPass(error)) throw error;
        listener.getStore()?.();
        await wait(policy.firstDelayMs * 2 ** (attempt - 1));
      }
    }
  };
  return {
    location: backend.location,
    localFolder: backend.localFolder,
    listingDelayMs: () => backend.listingDelayMs(),
    create: () => backend.create(),
    // The config is written once: a second try could not tell another's from the one the first try left.
    save: (handle, data) =>
      handle.type === 'config' ? backend.save(handle, data) : retrying(() => backend.save(handle, data)),
    load: (handle, range) => retrying(() => backend.load(handle, range)),
    list: (type) => retrying(() => backend.list(type)),
    remove: (handle) => retrying(() => backend.remove(handle)),
    listUnfinished: () => retrying(() => backend.listUnfinished()),
    removeUnfinished: (path) => retrying(() => backend.removeUnfinished(path)),
  };
}
