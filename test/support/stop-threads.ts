/** Starts threads that load native modules, or make native contexts, and stops each a little later than the one before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startThread, stopThread } from '../../electron/engine/platform/threads.ts';

const script = new URL('../../electron/engine/repository/read-worker.ts', import.meta.url);

for (let round = 0; round < 25; round++) {
  // What it works on never comes: it stops at an error, if it gets that far.
  const thread = startThread(script, { data: {} });
  thread.on('error', () => undefined);
  await sleep(2 * round);
  await stopThread(thread);
}

for (let round = 0; round < 20; round++) {
  const thread = startThread(new URL('make-contexts.ts', import.meta.url), {});
  await sleep(60 + round);
  await stopThread(thread);
}
process.stdout.write('alive\n');
