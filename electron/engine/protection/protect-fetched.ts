/** A run of protection of what lies elsewhere: fetched first, then captured as a folder is. */
import type { Issue } from '../../../shared/contract/common.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import type { SourceFinding } from '../../../shared/model/source-findings.ts';
import type { Consistency } from '../../../shared/model/hooks.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { resolveRoot } from '../sources/folder/guards.ts';
import type { Held, PrepareContext, Prepared, RemoteSource } from '../sources/source.ts';
import { HookedCapture, type CaptureHooks } from './hooks.ts';
import { protectFolders, type ProtectRequest } from './protect.ts';
import type { TogetherMember } from './together-member.ts';

export type FetchRequest = Omit<ProtectRequest, 'paths' | 'excludes' | 'fetched' | 'hooks'> & {
  /** In place of hooks of its own: it is taken together with others. */
  readonly together?: TogetherMember | null;
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
  together = null,
  ...request
}: FetchRequest): Promise<ProtectResult> {
  const beganMs = request.nowMs();
  const holdsItself = remote.holdsItself === true;
  const hooks = together ?? new HookedCapture(holdsItself ? (request.quiesce ?? null) : null, request);
  const fetching = new Fetching({ root, log, inSnapshots }, { hooks, request });
  const prepared = await fetching.prepare(remote, together).catch(async (error: unknown) => {
    await hooks.ended('failed', null);
    if (fetching.found.some(({ kind }) => kind === 'repaired' || kind === 'historyLost'))
      await onFindings(fetching.found, false);
    throw error;
  });
  await onFindings(fetching.found, true);
  if (request.signal.aborted) throw new HoldfastError('CANCELLED', 'The run was cancelled.');
  await beforeCapture();
  const { items, checkedMirrors, requested = null } = prepared;
  const startedAtMs = requested?.takenAtMs ?? hooks.takenFromMs ?? beganMs;
  const heldSelf = requested === null ? null : { ...hooks.outcome, consistency: requested.consistency };
  // Of one that is taken together the point is taken: what was fetched stays as it is.
  const quiesced = heldSelf ?? (together === null ? null : hooks.outcome);
  const fetched = {
    base: resolveRoot(root),
    issues: fetching.issues,
    quiesced,
    items,
    checkedMirrors: [...fetching.checkedMirrors, ...checkedMirrors],
    requested,
    startedAtMs,
  };
  const quiesce = holdsItself || together !== null ? null : (request.quiesce ?? null);
  const places = { paths: [prepared.folder], excludes: prepared.excludes };
  const result = await protectFolders({ ...request, ...places, quiesce, fetched });
  await hooks.ended('complete', result.snapshot);
  return result;
}

type Kept = Pick<PrepareContext, 'root' | 'log' | 'inSnapshots'>;
type Request = Omit<ProtectRequest, 'paths' | 'excludes' | 'fetched'>;

/** What is told meanwhile, and kept for the run. */
class Fetching {
  readonly #kept: Kept;
  readonly #hooks: CaptureHooks;
  readonly #request: Request;
  readonly found: SourceFinding[] = [];
  issues: Issue[] = [];
  /** By what was fetched beforehand. */
  checkedMirrors: Prepared['checkedMirrors'] = [];

  constructor(kept: Kept, { hooks, request }: { readonly hooks: CaptureHooks; readonly request: Request }) {
    this.#kept = kept;
    this.#hooks = hooks;
    this.#request = request;
  }

  async prepare(remote: RemoteSource, together: TogetherMember | null): Promise<Prepared> {
    if (together === null || remote.holdsItself === true) {
      const prepared = await remote.prepare(this.#context());
      if (prepared.requested !== undefined) together?.isFrom(prepared.requested.takenAtMs);
      return prepared;
    }
    // Nearly all of it is fetched before anybody holds still for it; what is left takes a moment.
    const quiet = { ...this.#context(), onIssue: () => undefined };
    this.checkedMirrors = (await together.fetch(() => remote.prepare(quiet))).checkedMirrors;
    await together.begin(this.#request.signal);
    const prepared = await together.fetch(() => remote.prepare(this.#context()));
    await together.captured(prepared.items.every(({ complete }) => complete) ? 'complete' : 'partial');
    return prepared;
  }

  #context(): PrepareContext {
    const { signal, nowMs, onProgress, onIssue, onNotice } = this.#request;
    return {
      ...this.#kept,
      hold: (work) => holding(this.#hooks, signal, work),
      signal,
      nowMs,
      onProgress: ({ doneItems, doneBytes, currentItem, totals }) => {
        const known = { totalItems: totals?.items ?? null, totalBytes: null };
        onProgress({ phase: 'Fetching', doneItems, doneBytes, ...known, currentItem, issues: this.issues.length });
      },
      onIssue: (issue) => {
        this.issues.push(issue);
        onIssue(issue);
      },
      onFinding: (finding) => this.#note(finding),
      onNotice,
    };
  }

  /** What is fetched twice is found twice. */
  #note(finding: SourceFinding): void {
    const text = JSON.stringify(finding);
    if (!this.found.some((one) => JSON.stringify(one) === text)) this.found.push(finding);
  }
}

async function holding<Result>(
  hooks: CaptureHooks,
  signal: AbortSignal,
  work: (consistency: Consistency | null) => Promise<Result>,
): Promise<Held<Result>> {
  await hooks.begin(signal);
  const result = await work(hooks.outcome.consistency);
  await hooks.captured('complete');
  return { result, consistency: hooks.outcome.consistency };
}
