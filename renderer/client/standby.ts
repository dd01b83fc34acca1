/** Hot standbys as an answer that is kept, asked anew when something about them may have changed. */
import { useEffect } from 'react';
import type { Standby } from '../../shared/contract/standby.ts';
import { startJob, useAnswer, useOrder, type Answer, type Order } from './ask.ts';
import { useLive } from './live-store.ts';

/** Beginnings of the keys of all answers about standbys. */
export const standbyAnswers = [['standby.list']] as const;

const lookAgainMs = 15_000;

/** `source`: those of one alone. */
export function useStandbys(source: string | null): Answer<{ readonly standbys: readonly Standby[] }> {
  const input = source === null ? {} : { source };
  const answer = useAnswer(['standby.list', source], (client, signal) => client.standby.list(input, { signal }));
  const change = useLive(({ repositories, jobs }) => {
    const revisions = [...repositories.values()].map(({ id, revision }) => `${id} ${revision}`);
    const working = [...jobs.values()]
      .filter(({ kind }) => kind === 'standby')
      .map(({ id, state, progress }) => `${id} ${state} ${progress?.doneItems ?? ''}`);
    return [...revisions, ...working].join();
  });
  const { refetch } = answer;
  useEffect(() => {
    if (change !== '') void refetch();
  }, [refetch, change]);
  // Guards, and what other consoles change, are seen soon too.
  useEffect(() => {
    const timer = setInterval(() => void refetch(), lookAgainMs);
    return () => clearInterval(timer);
  }, [refetch]);
  return answer;
}

export function useRunStandby(): Order<string, { readonly job: string }> {
  return useOrder((client, name: string) => startJob(client.standby.run({ name, detach: true })), standbyAnswers);
}
