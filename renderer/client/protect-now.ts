/** Protect now: the same order from every screen. */
import { startJob, useOrder, type Order } from './ask.ts';
import { usePrimaryRepository } from './live-store.ts';

/** Starts a run of each source, by name, into the primary repository; answers with the ids of the jobs. */
export function useProtectNow(): Order<readonly string[], readonly string[]> {
  const primary = usePrimaryRepository();
  return useOrder(async (client, names: readonly string[]) => {
    const jobs: string[] = [];
    for (const name of names) {
      const repository = { id: primary?.id ?? '' };
      const { job } = await startJob(client.protection.protect({ repository, registered: name, detach: true }));
      jobs.push(job);
    }
    return jobs;
  });
}
