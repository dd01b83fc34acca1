/** A backend whose bytes wait for a pace, which may change at any moment. Wraps any backend. */
import { paceSliceBytes, type Pace } from '../../platform/network-throttle.ts';
import type { Backend } from './backend.ts';
import { delegate } from './delegate.ts';

/** Bytes of stored files wait for `pace`, also those of one large file; lists and names pass. */
export function withThrottle(backend: Backend, pace: Pace): Backend {
  if (backend.paced !== undefined) return backend.paced(pace);
  return {
    ...delegate(backend),
    // Nobody may read around the pace.
    localFolder: null,
    async save(handle, data) {
      await inSlices(data.length, (bytes) => pace.up(bytes));
      await backend.save(handle, data);
    },
    async load(handle, range) {
      const data = await backend.load(handle, range);
      await inSlices(data.length, (bytes) => pace.down(bytes));
      return data;
    },
  };
}

async function inSlices(bytes: number, wait: (bytes: number) => Promise<void>): Promise<void> {
  for (let left = bytes; left > 0; left -= paceSliceBytes) await wait(Math.min(left, paceSliceBytes));
}
