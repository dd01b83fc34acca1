/** A backend that fails on command, for tests: each operation is shown to `plan`, which may throw, wait or answer. */
import type { Backend, FileHandle, FileType } from './backend.ts';
import { delegate, pacedBy } from './delegate.ts';

export type BackendCall =
  | { readonly operation: 'save' | 'load' | 'remove'; readonly handle: FileHandle }
  | { readonly operation: 'list'; readonly type: FileType };

export type FaultPlan = {
  /** Called before each operation; what it throws is what the operation throws. */
  before?(call: BackendCall): void | Promise<void>;
  /** Called when the operation is done; what it throws is what the operation throws, as where an answer is lost. */
  after?(call: BackendCall): void | Promise<void>;
  /** May return other bytes than those that were stored. */
  loaded?(handle: FileHandle, data: Buffer<ArrayBuffer>): Buffer<ArrayBuffer>;
};

export function withFaults(backend: Backend, plan: FaultPlan): Backend {
  const around = async <Result>(call: BackendCall, operation: () => Promise<Result>): Promise<Result> => {
    await plan.before?.(call);
    const result = await operation();
    await plan.after?.(call);
    return result;
  };
  return {
    ...delegate(backend),
    ...pacedBy(backend, (paced) => withFaults(paced, plan)),
    // Nobody may read around the faults.
    localFolder: null,
    save: (handle, data) => around({ operation: 'save', handle }, () => backend.save(handle, data)),
    load: (handle, range) =>
      around({ operation: 'load', handle }, async () => {
        const data = await backend.load(handle, range);
        return plan.loaded?.(handle, data) ?? data;
      }),
    list: (type) => around({ operation: 'list', type }, () => backend.list(type)),
    remove: (handle) => around({ operation: 'remove', handle }, () => backend.remove(handle)),
  };
}
