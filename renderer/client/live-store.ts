/** The one place where screens read live state: what the engine last said, and whether that is still so. */
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { isOver } from '../../shared/model/job-states.ts';
import type { RestoreRun } from '../../shared/contract/restore-runs.ts';
import type { Incident, Suspect } from '../../shared/contract/incidents.ts';
import type { Job } from '../../shared/contract/jobs.ts';
import type { Connection as Repository } from '../../shared/contract/repositories.ts';
import type { Notice, SourceState } from '../../shared/contract/live.ts';
import type { Connection } from './keep-live.ts';
import { nothingYet, type Live } from './live-state.ts';

export type LiveStore = {
  readonly live: Live;
  readonly connection: Connection;
};

export const liveStore = create<LiveStore>(() => ({ live: nothingYet, connection: { state: 'connecting', tries: 0 } }));

export function useConnection(): Connection {
  return liveStore((store) => store.connection);
}

/** False while what is on screen may be old: then no rate, no remaining time, and nothing that says "now". */
export function useIsLive(): boolean {
  return liveStore((store) => store.connection.state === 'live');
}

/** Whether anything is known yet; screens show skeletons before. */
export function useHasState(): boolean {
  return liveStore((store) => store.live.engine !== null);
}

/** `select` must give the same object for the same state; use `useShallow` of zustand for a list made anew. */
export function useLive<Selected>(select: (live: Live) => Selected): Selected {
  return liveStore((store) => select(store.live));
}

export function useSource(key: string): SourceState | undefined {
  return useLive((live) => live.sources.get(key));
}

export function useSources(): readonly SourceState[] {
  return useLive(useShallow((live) => [...live.sources.values()]));
}

export function useRepositories(): readonly Repository[] {
  return useLive(useShallow((live) => [...live.repositories.values()]));
}

/** Where sources are protected unless something else is said. */
export function usePrimaryRepository(): Repository | undefined {
  return useLive((live) => live.repositories.values().find(({ primary }) => primary));
}

export function useJob(id: string): Job | undefined {
  return useLive((live) => live.jobs.get(id));
}

/** A restore run that is not closed. */
export function useRun(id: string): RestoreRun | undefined {
  return useLive((live) => live.runs.get(id));
}

/** Jobs that have not ended: those that run before those that wait, the oldest first. */
export function useRunningJobs(): readonly Job[] {
  return useLive(useShallow((live) => unfinished(live.jobs.values())));
}

/** Undefined while nothing is frozen. */
export function useIncident(): Incident | undefined {
  return useLive((live) => live.incidents.get('open'));
}

/** Newest first. */
export function useSuspects(): readonly Suspect[] {
  return useLive(useShallow((live) => [...live.suspects.values()].sort((a, b) => b.at.localeCompare(a.at))));
}

export function useNotices(): readonly Notice[] {
  return useLive(useShallow((live) => [...live.notices.values()].sort((a, b) => b.at.localeCompare(a.at))));
}

export function unfinished(jobs: Iterable<Job>): Job[] {
  const waits = ({ state }: Job) => (state === 'queued' ? 1 : 0);
  return [...jobs]
    .filter(({ state }) => !isOver(state))
    .sort((a, b) => waits(a) - waits(b) || a.queuedAt.localeCompare(b.queuedAt));
}
