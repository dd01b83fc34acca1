/** How far bringing back is. It stays while the page is open, and the catalog goes on being filled on other screens. */
import { create } from 'zustand';
import type { RebuildResult } from '../../../shared/contract/catalog.ts';
import type { Progress } from '../../../shared/contract/common.ts';
import type { RepositoryReach } from '../../../shared/contract/repository-access.ts';
import type { Recovered } from '../../../shared/contract/configuration.ts';
import type { Client } from '../../client/client.ts';
import { emptyReach } from '../../components/place-draft.ts';
import { isAborted, problemOf, type Problem } from '../../client/problem.ts';
import type { Step } from '../../components/step-rail.tsx';

export type RecoverStep = 'connect' | 'catalog' | 'configuration' | 'over';

export type Rebuild = {
  readonly state: 'idle' | 'running' | 'done' | 'failed' | 'stopped';
  readonly progress: Progress | null;
  readonly notices: readonly string[];
  readonly result: RebuildResult | null;
  readonly problem: Problem | null;
};

type Recover = {
  readonly step: RecoverStep;
  readonly location: string;
  /** What the place is reached with; its secrets in memory alone. */
  readonly reach: RepositoryReach;
  readonly remember: boolean;
  /** Id of the connection. */
  readonly repository: string | null;
  readonly rebuild: Rebuild;
  /** Null where nothing was brought back. */
  readonly recovered: Recovered | null;
};

const idle: Rebuild = { state: 'idle', progress: null, notices: [], result: null, problem: null };

const begin: Recover = {
  step: 'connect',
  location: '',
  reach: emptyReach,
  remember: true,
  repository: null,
  rebuild: idle,
  recovered: null,
};

export const recoverStore = create<Recover>(() => begin);

export function changeRecover(change: Partial<Recover>): void {
  recoverStore.setState(change);
}

export function forgetRecover(): void {
  recoverStore.setState(begin);
}

const labels: Readonly<Record<RecoverStep, string>> = {
  connect: 'Repository',
  catalog: 'Catalog',
  configuration: 'Configuration',
  over: 'Done',
};

export function recoverRail(active: RecoverStep): readonly Step<RecoverStep>[] {
  const ids = Object.keys(labels) as RecoverStep[];
  const at = ids.indexOf(active);
  return ids.map((id, index) => ({
    id,
    label: labels[id],
    state: index < at ? 'done' : index === at ? 'active' : 'todo',
  }));
}

let stop: AbortController | null = null;

/** Fills the catalog. Asked again after a stop, it goes on where it was. */
export async function runRebuild(client: () => Client, repository: string): Promise<void> {
  if (recoverStore.getState().rebuild.state === 'running') return;
  const end = new AbortController();
  stop = end;
  const change = (part: Partial<Rebuild>) =>
    recoverStore.setState(({ rebuild }) => ({ rebuild: { ...rebuild, ...part } }));
  change({ ...idle, state: 'running' });
  try {
    const events = await client().catalog.rebuild({ repository: { id: repository } }, { signal: end.signal });
    for await (const event of events) {
      if (event.type === 'progress') change({ progress: event.progress });
      else if (event.type === 'notice') change({ notices: [...recoverStore.getState().rebuild.notices, event.text] });
      else if (event.type === 'done') change({ state: 'done', result: event.result });
    }
  } catch (error) {
    const problem = problemOf(error);
    if (end.signal.aborted || isAborted(error) || problem.code === 'CANCELLED') change({ state: 'stopped' });
    else change({ state: 'failed', problem });
  } finally {
    stop = null;
  }
}

export function stopRebuild(): void {
  stop?.abort();
}
