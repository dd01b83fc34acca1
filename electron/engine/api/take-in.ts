/** Taking what a repository holds into the catalog on the side, while nobody waits for it. */
import { formatCount } from '../../../shared/model/units.ts';
import { bringUpToDate, noteSnapshots } from '../indexing/bring-up-to-date.ts';
import type { Verdict } from '../jobs/job.ts';
import { nobody } from '../jobs/voice.ts';
import type { Repository } from '../repository/repository.ts';
import type { CallContext } from './context.ts';

type Scope = Pick<CallContext, 'caller' | 'catalog' | 'connections' | 'jobs'>;

/** All that is new in a connected repository. `onNoted` is told when its snapshots are known, before they are searchable. */
export function takeIn(scope: Scope, id: string, onNoted: () => void): void {
  // What is in the way is told by whoever asks the catalog or the repository next.
  void start(scope, id, onNoted).catch(() => undefined);
}

async function start(scope: Scope, id: string, onNoted: () => void): Promise<void> {
  const { connections, caller, catalog } = scope;
  const repository = await connections.open(caller, { id });
  const signal = new AbortController().signal;
  const silent = { signal, onProgress: () => undefined, onIssue: () => undefined, onNotice: () => undefined };
  await noteSnapshots({ catalog, caller, repository, ...silent });
  onNoted();
  const counts = await catalog.read('snapshots.counts', caller, { repository: repository.config.id });
  if (counts.listed + counts.indexing === 0) return;
  const found = (await connections.list(caller)).find((connection) => connection.id === id);
  // What a site holds is searched where it was taken; to read all of it again costs time, and elsewhere money.
  if (found?.site === true) return;
  indexInBackground(scope, repository, found?.name ?? repository.backend.location);
}

/** As a job of its own, which gives way to all others. */
export function indexInBackground(
  { jobs, catalog, caller }: Pick<Scope, 'jobs' | 'catalog' | 'caller'>,
  repository: Repository,
  title: string,
  source?: { readonly name: string; readonly hostname: string },
): void {
  const use = { location: repository.backend.location, use: 'read' as const };
  const request = { kind: 'index', title, priority: 'background' as const, repository: use, caller };
  const job = jobs.start(
    request,
    nobody,
    (voice) =>
      bringUpToDate({
        catalog,
        repository,
        caller,
        ...(source !== undefined && { source }),
        signal: voice.signal,
        onProgress: (progress) => voice.onProgress(progress),
        // They are about what can be searched, not about what is protected.
        onIssue: ({ path, message }) => voice.onNotice(`Not in the catalog: ${path}: ${message}`),
        onNotice: (text) => voice.onNotice(text),
      }),
    ({ indexed }): Verdict => ({ state: 'done', summary: takenInWords(indexed) }),
  );
  job.result.catch(() => undefined);
}

export function takenInWords(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'snapshot' : 'snapshots'} taken into the catalog.`;
}
