/** An engine that stays, as an open console has it, beside which commands are timed: what it takes is theirs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from './child.ts';
import type { Sample } from './timed.ts';

export type Beside = AsyncDisposable & {
  /** What `work` takes with what the engine takes meanwhile: its processor time, and the most memory it has had so far. */
  measure(work: () => Promise<Sample>): Promise<Sample>;
  /** Until nothing of what it did before is left waiting for more to do. */
  rest(): Promise<void>;
};

/** It says that it serves, and then looks around for what is due. */
const settleMs = 3000;
/** Its threads wait ten seconds for more to do (`lent-threads.ts`). */
const restMs = 11_000;
const patienceMs = 30_000;
/** USER_HZ of Linux, in which /proc counts. */
const ticksPerSecond = 100;

export async function startBeside({ program, args, env, cwd }: Command, signal: AbortSignal): Promise<Beside> {
  signal.throwIfAborted();
  const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await Promise.race([
      until(child.stdout, /^Serving /m),
      ended.then(([code]) => Promise.reject(new Error(`The engine ended with ${code} before it served.`))),
      sleep(patienceMs, undefined, { signal }).then(() => Promise.reject(new Error('The engine does not serve.'))),
    ]);
    await sleep(settleMs, undefined, { signal });
  } catch (error) {
    await stop();
    throw error;
  }
  const { pid = 0 } = child;
  return {
    rest: () => sleep(restMs, undefined, { signal }),
    measure: async (work) => {
      const before = await cpuSeconds(pid);
      const sample = await work();
      return {
        ...sample,
        cpuSeconds: sample.cpuSeconds + (await cpuSeconds(pid)) - before,
        peakBytes: sample.peakBytes + (await peakBytes(pid)),
      };
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** What comes afterwards is still taken from it. */
async function until(stream: Readable, wanted: RegExp): Promise<void> {
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (wanted.test(text)) break;
  }
  if (!wanted.test(text)) throw new Error('The engine has said its last word before it served.');
  stream.resume();
}

/** User and system time of a process with all its threads (proc_pid_stat(5), fields 14 and 15). */
async function cpuSeconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user = '', system = ''] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / ticksPerSecond;
}

async function peakBytes(pid: number): Promise<number> {
  const [, kib = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}
