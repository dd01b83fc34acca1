/** Tries again what may only have failed for the moment. Wraps any backend. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import type { Backend, FileHandle } from './backend.ts';
import { delegate, pacedBy } from './delegate.ts';
import { PlaceUnreachable } from './failure.ts';

export type RetryPolicy = {
  /** Tries in all. */
  readonly attempts: number;
  /** Wait before the second try; doubled each time. */
  readonly firstDelayMs: number;
  readonly longestDelayMs?: number;
  /** No wait begins that would end later after the first try. */
  readonly totalMs?: number;
  /** In place of `totalMs` until the place has answered once: who has just entered its name wants to know that it is wrong. */
  readonly unansweredMs?: number;
  readonly wait?: (delayMs: number) => Promise<unknown>;
  readonly nowMs?: () => number;
  /** 0 to 1: waits are between half and all of what they may be, so that many who failed together do not come together again. */
  readonly random?: () => number;
};

/** A disk, or a share that is mounted. */
export const folderPolicy: RetryPolicy = { attempts: 4, firstDelayMs: 200, random: () => 1 };

/** A line that is cut for some minutes, and a server that is started again, cost no run. */
export const networkPolicy: RetryPolicy = {
  attempts: 20,
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  totalMs: 5 * 60_000,
  unansweredMs: 8_000,
};

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
const passingCodes: ReadonlySet<ErrorCode> = new Set(['REPOSITORY_UNREACHABLE', 'AWS_UNREACHABLE', 'AWS_LIMITED']);

function isOfNetwork(error: unknown): boolean {
  return error instanceof HoldfastError && passingCodes.has(error.code);
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof HoldfastError)) return false;
  if (isOfNetwork(error)) return true;
  const { cause } = error;
  if (error.code !== 'IO_ERROR') return false;
  return !(cause instanceof Error) || !('code' in cause) || (typeof cause.code === 'string' && passing.has(cause.code));
}

export function withRetry(backend: Backend, policy: RetryPolicy = folderPolicy): Backend {
  return retryingBackend(backend, policy, { hasAnswered: false });
}

type Retrying = <Result>(operation: () => Promise<Result>, mayTry?: (error: unknown) => boolean) => Promise<Result>;

function retryingBackend(backend: Backend, policy: RetryPolicy, place: { hasAnswered: boolean }): Backend {
  const retrying: Retrying = async (operation, mayTry = mayPass) => {
    const waits = new Waits(policy);
    for (;;) {
      try {
        const result = await operation();
        place.hasAnswered = true;
        return result;
      } catch (error) {
        if (!mayTry(error)) {
          place.hasAnswered = true;
          throw error;
        }
        if (!(await waits.wait(error, place.hasAnswered))) throw error;
      }
    }
  };
  return {
    ...delegate(backend),
    ...pacedBy(backend, (paced) => retryingBackend(paced, policy, place)),
    save: (handle, data) =>
      handle.type === 'config' ? saveOnce(backend, handle, data, retrying) : retrying(() => backend.save(handle, data)),
    load: (handle, range) => retrying(() => backend.load(handle, range)),
    list: (type) => retrying(() => backend.list(type)),
    remove: (handle) => retrying(() => backend.remove(handle)),
    listUnfinished: () => retrying(() => backend.listUnfinished()),
    removeUnfinished: (path) => retrying(() => backend.removeUnfinished(path)),
  };
}

/**
 * The config is written once. A place elsewhere may have kept it although its answer was lost: then what is there is looked
 * at, and only where nothing is, it is written again. No two configs are equal, so an equal one is that of the first try. Of
 * a disk that fails nobody knows whether what it shows is durable: there it is not tried again.
 */
async function saveOnce(backend: Backend, handle: FileHandle, data: Uint8Array, retrying: Retrying): Promise<void> {
  let isUncertain = false;
  await retrying(async () => {
    const there = isUncertain ? await loadIfThere(backend, handle) : null;
    if (there?.equals(data) === true) return;
    isUncertain = true;
    await backend.save(handle, data);
  }, isOfNetwork);
}

async function loadIfThere(backend: Backend, handle: FileHandle): Promise<Buffer | null> {
  try {
    return await backend.load(handle);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'STORED_FILE_MISSING') return null;
    throw error;
  }
}

/** Those of one operation. */
class Waits {
  readonly #policy: RetryPolicy;
  readonly #nowMs: () => number;
  readonly #beganAtMs: number;
  #failures = 0;

  constructor(policy: RetryPolicy) {
    this.#policy = policy;
    this.#nowMs = policy.nowMs ?? (() => performance.now());
    this.#beganAtMs = this.#nowMs();
  }

  /** False where there is to be no further try. */
  async wait(error: unknown, hasAnswered: boolean): Promise<boolean> {
    const {
      attempts,
      firstDelayMs,
      longestDelayMs = Infinity,
      totalMs = Infinity,
      unansweredMs = totalMs,
    } = this.#policy;
    this.#failures += 1;
    if (this.#failures >= attempts) return false;
    const random = this.#policy.random ?? Math.random;
    const backOff = Math.min(longestDelayMs, firstDelayMs * 2 ** (this.#failures - 1)) * (0.5 + random() / 2);
    const asked = error instanceof PlaceUnreachable ? (error.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(backOff, asked);
    const leftMs = this.#beganAtMs + (hasAnswered ? totalMs : unansweredMs) - this.#nowMs();
    if (delayMs > leftMs) return false;
    await (this.#policy.wait ?? sleep)(delayMs);
    return true;
  }
}
