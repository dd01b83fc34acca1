/** `holdfast serve` in a process of its own, for the length of a test. */
import type { Job } from '../../shared/contract/jobs.ts';
import { jobSchema } from '../../shared/contract/jobs.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { describeFailure, type Finished, type Running } from './processes.ts';
import type { Workspace } from './workspace.ts';

export type Serving = AsyncDisposable & {
  readonly running: Running;
  /** Ends it in order. */
  stop(): Promise<Finished>;
  /** Ends it without warning. */
  kill(): Promise<void>;
};

/** Resolves when commands are served. */
export async function serve(workspace: Workspace): Promise<Serving> {
  const running = workspace.startHoldfast(['serve']);
  await new Promise<void>((resolve, reject) => {
    running.child.stdout?.once('data', () => resolve());
    void running.finished.then((finished) => reject(new Error(describeFailure(finished))), reject);
  });
  const end = async (signal: NodeJS.Signals): Promise<Finished> => {
    running.signal(signal);
    return running.finished;
  };
  return {
    running,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

export async function listJobs(workspace: Workspace): Promise<Job[]> {
  return (await workspace.here(['jobs', '--all', '--json'])).json(z.array(jobSchema));
}

/** The newest job, once `until` holds for it. */
export async function newestJob(workspace: Workspace, until: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const [newest] = await listJobs(workspace);
    if (newest !== undefined && until(newest)) return newest;
    await sleep(100);
  }
}
