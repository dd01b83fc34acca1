/** A thread that lets a waiting delivery through after a moment: sets the number it was given to 0. */
import { setTimeout as sleep } from 'node:timers/promises';
import { threadData } from '../../electron/engine/platform/threads.ts';

const packsInFlight = threadData() as Int32Array;
await sleep(300);
Atomics.store(packsInFlight, 0, 0);
Atomics.notify(packsInFlight, 0);
