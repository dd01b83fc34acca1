/** Sites and their queue as answers that are kept, asked anew when something about them may have changed. */
import { useEffect } from 'react';
import type { Site, SourceCopies } from '../../shared/contract/sites.ts';
import type { SyncItem, SyncRuleView } from '../../shared/contract/sync.ts';
import { useAnswer, type Answer } from './ask.ts';
import { useLive, usePrimaryRepository } from './live-store.ts';

/** Beginnings of the keys of all answers about sites. */
export const siteAnswers = [
  ['sites.list'],
  ['sites.holdings'],
  ['sync.queue'],
  ['sync.history'],
  ['sync.rules'],
  ['failover.status'],
] as const;

const lookAgainMs = 5_000;

/** Another text whenever something was sent, or a job that sends began, went on or ended. */
function useSyncChange(): string {
  return useLive(({ repositories, jobs }) => {
    const revisions = [...repositories.values()].map(({ id, revision, state }) => `${id} ${revision} ${state}`);
    const working = [...jobs.values()]
      .filter(({ kind }) => kind === 'sync' || kind === 'fetch')
      .map(({ id, state, progress }) => `${id} ${state} ${progress?.phase ?? ''} ${progress?.doneItems ?? ''}`);
    return [...revisions, ...working].join();
  });
}

/** What windows, pauses and other consoles change is seen soon too. */
function useFresh<Result>(answer: Answer<Result>, everyMs = lookAgainMs): Answer<Result> {
  const change = useSyncChange();
  const { refetch } = answer;
  useEffect(() => {
    if (change !== '') void refetch();
  }, [refetch, change]);
  useEffect(() => {
    const timer = setInterval(() => void refetch(), everyMs);
    return () => clearInterval(timer);
  }, [refetch, everyMs]);
  return answer;
}

type Known = { readonly sites: readonly Site[]; readonly copies: readonly SourceCopies[] };

export function useSites(everyMs = lookAgainMs): Answer<Known> {
  return useFresh(
    useAnswer(['sites.list'], (client, signal) => client.sites.list({}, { signal })),
    everyMs,
  );
}

export function useQueue(
  site: string | null,
): Answer<{ readonly items: readonly SyncItem[]; readonly total: number; readonly active: boolean }> {
  const input = site === null ? {} : { site };
  return useFresh(useAnswer(['sync.queue', site], (client, signal) => client.sync.queue(input, { signal })));
}

export function useSyncHistory(site: string): Answer<{ readonly items: readonly SyncItem[]; readonly more: boolean }> {
  return useFresh(
    useAnswer(['sync.history', site], (client, signal) => client.sync.history({ site, limit: 100 }, { signal })),
  );
}

export function useSyncRules(): Answer<{ readonly rules: readonly SyncRuleView[] }> {
  return useAnswer(['sync.rules'], (client, signal) => client.sync.rules({}, { signal }));
}

/** Where protection was before it was moved; asked anew when another repository becomes the primary one. */
export function useMoveStatus(): Answer<{
  readonly cameFrom: { readonly connection: string; readonly name: string } | null;
  readonly takenOver: string | null;
}> {
  const primary = usePrimaryRepository();
  return useAnswer(['failover.status', primary?.id], (client, signal) => client.failover.status({}, { signal }));
}

const calmMs = 60_000;

/** Where each source has copies, for screens that are about something else: asked now and then. Undefined: not known yet. */
export function useSourceCopies(): Known | undefined {
  return useSites(calmMs).data;
}
