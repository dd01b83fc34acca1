/** Open alerts as they are now, and what can be done about them: the same from every screen. */
import { useCallback, useMemo, useState } from 'react';
import type { Alert } from '../../shared/contract/alerts.ts';
import { useAnswer, useOrder, type Answer } from './ask.ts';
import type { Client } from './client.ts';
import { useLive } from './live-store.ts';
import { problemOf, type ProblemError } from './problem.ts';

/** As many as live state carries; there may be more. */
export const mostAlerts = 1000;

export function useOpenAlerts(): readonly Alert[] {
  const alerts = useLive((live) => live.alerts);
  return useMemo(() => [...alerts.values()], [alerts]);
}

/** How many are open in all; what live state carries is all, unless it is full. */
export function useAlertTotal(carried: number): number {
  const full = carried >= mostAlerts;
  const { data } = useAnswer(
    ['alerts.list', 'total', carried],
    (client, signal) => client.alerts.list({ limit: 1 }, { signal }),
    { enabled: full, keepPrevious: true },
  );
  return full ? (data?.total ?? carried) : carried;
}

/** The newest drill of what an alert about drills is about; null: it is about something else. */
export function useDrillOfAlert({ rule, subject }: Pick<Alert, 'rule' | 'subject'>): string | null {
  const isOfDrill = subject.kind === 'source' && (rule === 'drill-failed' || rule === 'rto-missed');
  return useLive((live) =>
    isOfDrill ? (live.sources.values().find(({ name }) => name === subject.name)?.drill?.id ?? null) : null,
  );
}

export type AlertDoing =
  | { readonly does: 'acknowledge' | 'reopen' | 'resolve' }
  /** ISO-8601 UTC. */
  | { readonly does: 'snooze'; readonly until: string };

export type AlertOrder = {
  readonly tell: (ids: readonly string[], doing: AlertDoing, onDone?: () => void) => void;
  readonly busy: boolean;
  /** Of those that were asked for, how many are done; null: nothing is under way. */
  readonly done: number | null;
  readonly error: ProblemError | null;
};

/** At the same time: the engine takes a few, and shows the change of each. */
const together = 24;

/** Goes through them all; ends at the first that cannot be done. One that has ended by itself meanwhile is done. */
export function useAlertOrder(): AlertOrder {
  const [done, setDone] = useState<number | null>(null);
  const { mutate, isPending, error } = useOrder(
    async (client, { ids, doing }: { readonly ids: readonly string[]; readonly doing: AlertDoing }) => {
      setDone(0);
      for (let from = 0; from < ids.length; from += together) {
        await Promise.all(ids.slice(from, from + together).map((id) => tellOne(client, id, doing)));
        setDone(Math.min(ids.length, from + together));
      }
    },
    [['alerts.list']],
  );
  const tell = useCallback(
    (ids: readonly string[], doing: AlertDoing, onDone?: () => void) =>
      mutate(
        { ids, doing },
        { onSettled: () => setDone(null), ...(onDone === undefined ? {} : { onSuccess: onDone }) },
      ),
    [mutate],
  );
  return { tell, busy: isPending, done, error };
}

async function tellOne(client: Client, id: string, doing: AlertDoing): Promise<void> {
  try {
    if (doing.does === 'snooze') await client.alerts.snooze({ id, until: doing.until });
    else await client.alerts[doing.does]({ id });
  } catch (error) {
    if (problemOf(error).code !== 'ALERT_UNKNOWN') throw error;
  }
}

export type RoutesAnswer = Answer<Awaited<ReturnType<Client['routes']['list']>>>;

/** Where alerts are told. Anew each time a screen asks: it may be changed by a command as well. */
export function useRoutes(): RoutesAnswer {
  return useAnswer(['routes.list'], (client, signal) => client.routes.list({}, { signal }), { staleTimeMs: 0 });
}
