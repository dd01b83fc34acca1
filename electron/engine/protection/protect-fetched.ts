/** A run of protection of what lies elsewhere: fetched first, then captured as a folder is. */
import type { Issue } from '../../../shared/contract/common.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import type { SourceFinding } from '../../../shared/model/source-findings.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { resolveRoot } from '../sources/folder/guards.ts';
import type { PrepareContext, RemoteSource } from '../sources/source.ts';
import { protectFolders, type ProtectRequest } from './protect.ts';

export type FetchRequest = Omit<ProtectRequest, 'paths' | 'excludes' | 'fetched'> & {
  readonly remote: RemoteSource;
  /** The folder that is there, and that mirrors lie in. */
  readonly root: string;
  readonly log: (text: string) => void;
  readonly inSnapshots: PrepareContext['inSnapshots'];
  /** Once it is fetched, also with none; `isWhole` is false where it failed, and there may be more to be found. */
  readonly onFindings: (found: readonly SourceFinding[], isWhole: boolean) => Promise<void>;
};

/** Where fetching itself fails, no snapshot is taken: it would show what an earlier one shows already. */
export async function protectFetched({
  remote,
  root,
  log,
  inSnapshots,
  onFindings,
  ...request
}: FetchRequest): Promise<ProtectResult> {
  const startedAtMs = request.nowMs();
  const issues: Issue[] = [];
  const found: SourceFinding[] = [];
  const preparing = remote.prepare({
    root,
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
    if (found.some(({ kind }) => kind === 'repaired' || kind === 'historyLost')) await onFindings(found, false);
    throw error;
  });
  await onFindings(found, true);
  if (request.signal.aborted) throw new HoldfastError('CANCELLED', 'The run was cancelled.');
  const { items, checkedMirrors } = prepared;
  const fetched = { base: resolveRoot(root), startedAtMs, issues, items, checkedMirrors };
  return protectFolders({ ...request, paths: [prepared.folder], excludes: prepared.excludes, fetched });
}
