/** A run of protection of what lies elsewhere: fetched first, then captured as a folder is. */
import type { Issue } from '../../../shared/contract/common.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import type { SourceFinding } from '../../../shared/model/source-findings.ts';
import type { Consistency } from '../../../shared/model/hooks.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { resolveRoot } from '../sources/folder/guards.ts';
import type { Held, PrepareContext, RemoteSource } from '../sources/source.ts';
import { HookedCapture } from './hooks.ts';
import { protectFolders, type ProtectRequest } from './protect.ts';

export type FetchRequest = Omit<ProtectRequest, 'paths' | 'excludes' | 'fetched'> & {
  readonly remote: RemoteSource;
  /** The folder that is there, and that mirrors lie in. */
  readonly root: string;
  readonly log: (text: string) => void;
  readonly inSnapshots: PrepareContext['inSnapshots'];
  /** Waits until the repository may be added to, which takes nothing from others while it is fetched. */
  readonly beforeCapture: () => Promise<void>;
  /** Once it is fetched, also with none; `isWhole` is false where it failed, and there may be more to be found. */
  readonly onFindings: (found: readonly SourceFinding[], isWhole: boolean) => Promise<void>;
};

/** Where fetching itself fails, no snapshot is taken: it would show what an earlier one shows already. */
export async function protectFetched({
  remote,
  root,
  log,
  inSnapshots,
  beforeCapture,
  onFindings,
  ...request
}: FetchRequest): Promise<ProtectResult> {
  const startedAtMs = request.nowMs();
  const issues: Issue[] = [];
  const found: SourceFinding[] = [];
  const hooks = new HookedCapture(remote.holdsItself === true ? (request.quiesce ?? null) : null, request);
  const preparing = remote.prepare({
    root,
    hold: (work) => holding(hooks, request.signal, work),
    signal: request.signal,
    nowMs: request.nowMs,
    onProgress: ({ doneItems, doneBytes, currentItem, totals }) => {
      const known = { totalItems: totals?.items ?? null, totalBytes: null };
      request.onProgress({ phase: 'Fetching', doneItems, doneBytes, ...known, currentItem, issues: issues.length });
    },
    onIssue: (issue) => {
      issues.push(issue);
      request.onIssue(issue);
    },
    onFinding: (finding) => void found.push(finding),
    onNotice: request.onNotice,
    log,
    inSnapshots,
  });
  const prepared = await preparing.catch(async (error: unknown) => {
    await hooks.ended('failed', null);
    if (found.some(({ kind }) => kind === 'repaired' || kind === 'historyLost')) await onFindings(found, false);
    throw error;
  });
  await onFindings(found, true);
  if (request.signal.aborted) throw new HoldfastError('CANCELLED', 'The run was cancelled.');
  await beforeCapture();
  const { items, checkedMirrors, requested = null } = prepared;
  const of = { items, checkedMirrors, requested, startedAtMs: requested?.takenAtMs ?? startedAtMs };
  const quiesced = requested === null ? null : { ...hooks.outcome, consistency: requested.consistency };
  const fetched = { base: resolveRoot(root), issues, quiesced, ...of };
  const quiesce = remote.holdsItself === true ? null : (request.quiesce ?? null);
  const places = { paths: [prepared.folder], excludes: prepared.excludes };
  const result = await protectFolders({ ...request, ...places, quiesce, fetched });
  await hooks.ended('complete', result.snapshot);
  return result;
}

async function holding<Result>(
  hooks: HookedCapture,
  signal: AbortSignal,
  work: (consistency: Consistency | null) => Promise<Result>,
): Promise<Held<Result>> {
  await hooks.begin(signal);
  const result = await work(hooks.outcome.consistency);
  await hooks.captured('complete');
  return { result, consistency: hooks.outcome.consistency };
}
