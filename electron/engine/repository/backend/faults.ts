/** A backend that fails on command, for tests: each operation is first shown to `plan`, which may throw, wait or answer. */
import type { Backend, FileHandle, FileType } from './backend.ts';

export type BackendCall =
  | { readonly operation: 'save' | 'load' | 'remove'; readonly handle: FileHandle }
  | { readonly operation: 'list'; readonly type: FileType };

export type FaultPlan = {
  /** Called before each operation; what it throws is what the operation throws. */
  before?(call: BackendCall): void | Promise<void>;
  /** May return other bytes than those that were stored. */
  loaded?(handle: FileHandle, data: Buffer<ArrayBuffer>): Buffer<ArrayBuffer>;
};

export function withFaults(backend: Backend, plan: FaultPlan): Backend {
  return {
    location: backend.location,
    // Nobody may read around the faults.
    localFolder: null,
    listingDelayMs: () => backend.listingDelayMs(),
    create: () => backend.create(),
    async save(handle, data) {
      await plan.before?.({ operation: 'save', handle });
      await backend.save(handle, data);
    },
    async load(handle, range) {
      await plan.before?.({ operation: 'load', handle });
      const data = await backend.load(handle, range);
      return plan.loaded?.(handle, data) ?? data;
    },
    async list(type) {
      await plan.before?.({ operation: 'list', type });
      return backend.list(type);
    },
    async remove(handle) {
      await plan.before?.({ operation: 'remove', handle });
      await backend.remove(handle);
    },
    listUnfinished: () => backend.listUnfinished(),
    removeUnfinished: (path) => backend.removeUnfinished(path),
  };
}
