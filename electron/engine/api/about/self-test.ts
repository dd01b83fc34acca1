import type { SelfTest } from '../../../../shared/contract/engine.ts';
import { startThread, stopThread } from '../../platform/threads.ts';

let found: Promise<SelfTest[]> | null = null;

/**
 * Whether this machine has what the engine is built on. Takes about a tenth of a second, in a thread, and is done once: a
 * process keeps the runtime and the libraries that it has.
 */
export function runSelfTest(): Promise<SelfTest[]> {
  found ??= testOnce().catch((error: unknown) => {
    found = null;
    throw error;
  });
  return found;
}

async function testOnce(): Promise<SelfTest[]> {
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
