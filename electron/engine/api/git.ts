/** Git repositories in snapshots: looked at, compared, and given back. */
import type { z } from 'zod';
import type {
  GitRestoreResult,
  gitRestoreInputSchema,
  LostHistory,
  RefComparison,
} from '../../../shared/contract/git.ts';
import type { Progress } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { compareRefs, type RefsManifest } from '../../../shared/model/git-refs.ts';
import type { EvidenceVerification } from '../../../shared/model/evidence.ts';
import { formatCount } from '../../../shared/model/units.ts';
import type { Verdict } from '../jobs/job.ts';
import type { Voice } from '../jobs/voice.ts';
import { displayRaw } from '../platform/raw-path.ts';
import { openGitHubTargets } from '../recovery/git/github-targets.ts';
import { readCommits, readFileAt, readTree } from '../recovery/git/look.ts';
import { restoreGit, type RepositoryEvent } from '../recovery/git/restore-git.ts';
import {
  findRepository,
  readHistory,
  readManifest,
  type FoundRepository,
  type SnapshotTree,
} from '../recovery/git/snapshot-tree.ts';
import { refuseTarget, type GitHubTargets } from '../recovery/git/targets.ts';
import { withUnpacked, type GitSource, type Unpacked } from '../recovery/git/unpacked.ts';
import type { Repository } from '../repository/repository.ts';
import type { StoredSnapshot } from '../repository/snapshots.ts';
import { openAccess, repositoryUse } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import { issueLines, jobEvidence } from './evidence/job-evidence.ts';
import { pointOf } from './evidence/points.ts';
import { findSnapshot, type InSnapshot } from './find-snapshot.ts';
import { pageOf, pathsOf } from './git-listing.ts';
import { lookedInto } from './looked-into.ts';
import { refuseSsh } from './remote-source.ts';
import { streamAnswer, streamJob } from './stream-job.ts';

export const gitHandlers = {
  repositories: handlers.git.repositories.handler(async ({ input, context, signal }) => {
    const { repository, snapshot, tree } = await look(context, input, signal);
    context.browsers.prepare(repository);
    const listing = await context.gitListings.of(snapshot.file.tree, tree);
    return {
      snapshot: snapshot.id,
      takenAt: new Date(snapshot.takenAtMs).toISOString(),
      source: snapshot.source,
      ...(await pageOf(tree, listing, input)),
    };
  }),

  repositoryPaths: handlers.git.repositoryPaths.handler(async ({ input, context, signal }) => {
    const { snapshot, tree } = await look(context, input, signal);
    return { paths: pathsOf(await context.gitListings.of(snapshot.file.tree, tree), input) };
  }),

  refs: handlers.git.refs.handler(async ({ input, context, signal }) => {
    const looked = await look(context, input, signal);
    const found = await findRepository(looked.tree, input.path);
    const { head, refs } = await refsOf(sourceOf(context, looked, signal), found);
    const wanted = input.filter.toLowerCase();
    const matching = refs.filter(([name]) => name.toLowerCase().includes(wanted));
    return {
      path: displayRaw(found.path),
      head,
      total: refs.length,
      matching: matching.length,
      refs: matching
        .slice(input.from, input.from + input.limit)
        .map(([name, id, peeled = null]) => ({ name, id, peeled })),
      lost: [...(await readHistory(looked.tree, found.path))],
    };
  }),

  compare: handlers.git.compare.handler(async ({ input, context, signal }) => {
    const before = await look(context, input, signal);
    const after = await look(context, { ...input, snapshot: input.after }, signal);
    const found = await findRepository(after.tree, input.afterPath ?? input.path);
    const was = await findRepository(before.tree, input.path).catch(orNothing);
    const from = was === null ? noRefs : await refsOf(sourceOf(context, before, signal), was);
    const to = await refsOf(sourceOf(context, after, signal), found);
    const known = was === null ? [] : await readHistory(before.tree, was.path);
    const lost = newlyLost(known, await readHistory(after.tree, found.path));
    return {
      path: displayRaw(found.path),
      head: { from: from.head, to: to.head },
      changes: compareRefs(from, to).map((change): RefComparison => ({
        ...change,
        lost: lost.get(change.name) ?? null,
      })),
    };
  }),

  open: handlers.git.open.handler(async function* ({ input, context, signal }) {
    const answer = streamAnswer(signal, async (voice) => {
      const looked = await look(context, input, voice.signal);
      const found = await findRepository(looked.tree, input.path);
      const source = sourceOf(context, looked, voice.signal, (progress) => voice.onProgress(progress));
      return withUnpacked(source, found, () => Promise.resolve({ path: displayRaw(found.path) }));
    });
    for await (const event of answer) if (event.type === 'progress' || event.type === 'done') yield event;
  }),

  commits: handlers.git.commits.handler(({ input, context, signal }) =>
    unpacked(context, input, signal, (repository) => readCommits(repository, input)),
  ),

  tree: handlers.git.tree.handler(({ input, context, signal }) =>
    unpacked(context, input, signal, (repository) => readTree(repository, input)),
  ),

  file: handlers.git.file.handler(({ input, context, signal }) =>
    unpacked(context, input, signal, (repository) => readFileAt(repository, input)),
  ),

  restore: handlers.git.restore.handler(async function* ({ input, context, signal }) {
    const { paths, refs, target, access, overwrite, deletes, dryRun, verify, beside, detach } = input;
    // A job is remembered with its title, and an address that is refused may be so for the secret it holds.
    refuseTarget(target, paths?.length === 1);
    if ('path' in target) await context.bounds.folders([target.path]);
    if (target.kind === 'url') await refuseSsh(context, [target.url]);
    const job = {
      kind: dryRun ? 'git restore plan' : 'git restore',
      title: `${paths === null ? 'All Git repositories' : paths.slice(0, 5).join(', ')} to ${titleOf(target)}`,
      // Somebody waits for it, on a bad day.
      priority: 'urgent' as const,
      repository: await repositoryUse(context, input.repository, 'read'),
      detach,
      judge: verdictOf,
    };
    const evidence = jobEvidence(context, {
      kind: 'restore',
      title: job.title,
      step: 'Give Git repositories back',
      notes: [],
    });
    const { onQueued } = evidence;
    yield* streamJob<GitRestoreResult, RepositoryEvent>({ context, signal }, { ...job, onQueued }, async (voice) => {
      const looked = await look(context, input, voice.signal);
      const source = sourceOf(context, looked, voice.signal, (progress) => voice.onProgress(progress));
      const { onIssue, onNotice, say } = voice;
      const options = { paths, refs, target, access, overwrite, deletes, dryRun, verify, beside };
      const github = await githubOf(input, voice);
      const work = (): Promise<GitRestoreResult> => restoreGit({ ...options, source, github, onIssue, onNotice, say });
      if (dryRun) return work();
      const points = (paths ?? ['/']).map((path) => pointOf(looked.repository, looked.snapshot, path));
      return evidence.of(work, (result) => ({ points, ...verdictOf(result), verification: checked(result, verify) }));
    });
  }),
};

/** What is written there is written with the token that came with the call. */
async function githubOf(
  { target, access }: Pick<z.infer<typeof gitRestoreInputSchema>, 'target' | 'access'>,
  { signal, onNotice }: Pick<Voice, 'signal' | 'onNotice'>,
): Promise<GitHubTargets | null> {
  if (target.kind !== 'github') return null;
  if (access === null) throw new HoldfastError('BAD_USAGE', 'GitHub asks for a token that may write there.');
  return openGitHubTargets({ api: target.api, token: access.token, signal, onNotice });
}

type Looked = { readonly repository: Repository; readonly snapshot: StoredSnapshot; readonly tree: SnapshotTree };

const noRefs: RefsManifest = { version: 1, head: null, refs: [] };

/** SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS. */
export async function look(context: CallContext, input: InSnapshot, signal: AbortSignal | undefined): Promise<Looked> {
  const repository = await openAccess(context, input.repository);
  const { snapshot } = await findSnapshot(context, repository, input);
  return { repository, snapshot, tree: lookedInto(context, repository, snapshot.file.tree, signal) };
}

function sourceOf(
  { home, gitCache }: CallContext,
  { repository, snapshot, tree }: Looked,
  signal: AbortSignal | undefined,
  onProgress: (progress: Progress) => void = () => undefined,
): GitSource {
  const stop = signal ?? new AbortController().signal;
  return { repository, home, cache: gitCache, snapshot: snapshot.id, tree, signal: stop, onProgress };
}

async function unpacked<Result>(
  context: CallContext,
  input: InSnapshot & { readonly path: string },
  signal: AbortSignal | undefined,
  work: (repository: Unpacked) => Promise<Result>,
): Promise<Result> {
  const looked = await look(context, input, signal);
  const found = await findRepository(looked.tree, input.path);
  return withUnpacked(sourceOf(context, looked, signal), found, work);
}

/** Without unpacking it, where a list of them was kept. */
async function refsOf(source: GitSource, found: FoundRepository): Promise<RefsManifest> {
  const manifest = await readManifest(source.tree, found.path);
  return manifest ?? withUnpacked(source, found, (repository) => Promise.resolve(repository.manifest));
}

/** By ref, the newest of those that were not known before. */
function newlyLost(before: readonly LostHistory[], after: readonly LostHistory[]): ReadonlyMap<string, LostHistory> {
  const known = new Set(before.map((lost) => JSON.stringify(lost)));
  const found = after.filter((lost) => !known.has(JSON.stringify(lost)));
  return new Map(found.toReversed().map((lost) => [lost.ref, lost]));
}

function orNothing(error: unknown): null {
  if (error instanceof HoldfastError && error.code === 'GIT_REPOSITORY_UNKNOWN') return null;
  throw error;
}

function titleOf(target: { kind: string; url?: string; owner?: string; path?: string }): string {
  return target.url ?? target.path ?? target.owner ?? target.kind;
}

function checked({ issues }: GitRestoreResult, verify: boolean): EvidenceVerification | null {
  if (!verify) return null;
  return {
    ok: issues.length === 0,
    checks: ['The refs of the target were compared with the snapshot, and a fresh clone of each was checked.'],
    problems: issueLines(issues),
    files: null,
    bytes: null,
  };
}

function verdictOf({ repositories, refs, parts, issues, dryRun }: GitRestoreResult): Verdict {
  const { done, partial, failed, empty } = repositories;
  const moved = refs.create + refs['fast-forward'] + refs.overwrite + refs.delete;
  const counted = `${formatCount(done + partial + empty)} of ${formatCount(done + partial + empty + failed)} repositories`;
  const words = dryRun ? 'would be restored' : 'restored';
  const beside = parts.written === 0 ? '' : `, ${formatCount(parts.written)} settings and releases`;
  const set = `${formatCount(moved)} refs${beside} ${dryRun ? 'would be ' : ''}set`;
  const summary = `${counted} ${words}, ${set}, ${formatCount(issues.length)} problems.`;
  return { state: partial + failed > 0 || refs.heldBack + parts.heldBack > 0 ? 'partial' : 'done', summary };
}
