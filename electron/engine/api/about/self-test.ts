import type { SelfTest } from '../../../../shared/contract/engine.ts';
import { startThread, stopThread } from '../../platform/threads.ts';

/** Whether this machine has what the engine is built on. Takes about a tenth of a second, in a thread. */
export async function runSelfTest(): Promise<SelfTest[]> {
  const worker = startThread(new URL('./self-test-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 },
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread of the self-test ended before its work')));
    });
  } finally {
    await stopThread(worker);
  }
}
