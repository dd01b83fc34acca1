/** Rehearses Git repositories: throw-away bare ones, checked by `git fsck` and cloned, from a cache of the drill's own. */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Issue } from '../../../../shared/contract/common.ts';
import type { DrillCheck } from '../../../../shared/contract/drills.ts';
import type { RestoredGitRepository } from '../../../../shared/contract/git.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { displayRaw, type RawPath } from '../../platform/raw-path.ts';
import type { ReadPool } from '../../repository/read-pool.ts';
import { GitCache } from '../git/cache.ts';
import { sizeOf } from '../git/measure.ts';
import { formatOf } from '../git/plain-bare.ts';
import { restoreGit } from '../git/restore-git.ts';
import { findRepositories, type FoundRepository, type SnapshotTree } from '../git/snapshot-tree.ts';
import type { GitSource } from '../git/unpacked.ts';
import { verifyByClone } from '../git/verify.ts';
import { filesIn } from './files.ts';
import type { Scratch } from './scratch.ts';
import { asRestored, chooseStep, leftBy, type Chosen, type Rehearsal, type RehearsalRequest } from './rehearsal.ts';

type Request = RehearsalRequest & { readonly tree: SnapshotTree };

export async function rehearseRepositories(request: Request): Promise<Rehearsal> {
  const { step } = request;
  const { tree, voice, wish } = request;
  const { repositories, whole } = await findRepositories(tree);
  if (!whole)
    voice.onNotice('The snapshot has more folders than were looked at: not all of its repositories are known.');
  const items = (pool: ReadPool) => sized(pool, repositories, voice.signal);
  // Which are restored is said by name: all of them, where all are meant.
  const chosen = await chooseStep(request, 'Choose the repositories', items, async (some, pool) =>
    wish === 'whole' ? { ...some, items: await all(items(pool)) } : some,
  );
  const startedAt = performance.now();
  const { restored, issues } = await step('restore', 'Make them bare repositories, and check them', () =>
    bring(request, chosen),
  );
  const clones = await step('clone', 'Clone them', () =>
    cloneEach({ scratch: request.scratch, signal: request.voice.signal }, restored.filter(isMade)),
  );
  const restoreMs = performance.now() - startedAt;
  const sound = restored.filter(({ verified }) => verified?.sound === true).length;
  const good = `${formatCount(sound)} repositories have the refs of the snapshot and pass git fsck`;
  const checks = [asRestored(issues, good), clones];
  return { chosen, restoreMs, checks, issues, left: leftBy(issues) };
}

async function all(items: AsyncIterable<{ name: RawPath; bytes: number }>): Promise<Chosen['items']> {
  const found: { name: RawPath; bytes: number; position: number }[] = [];
  for await (const item of items) found.push({ ...item, position: 0 });
  return found;
}

async function* sized(pool: ReadPool, repositories: readonly FoundRepository[], signal: AbortSignal) {
  for (const { path, tree } of repositories) {
    let bytes = 0;
    for await (const file of filesIn(pool, tree, signal)) bytes += file.bytes;
    yield { name: path, bytes };
  }
}

async function bring(request: Request, { items }: Chosen) {
  const { scratch, voice } = request;
  const issues: Issue[] = [];
  const restored: RestoredGitRepository[] = [];
  const result = await restoreGit({
    source: sourceOf(request),
    paths: items.map(({ name }) => displayRaw(name)),
    refs: null,
    target: { kind: 'bare', path: items.length === 1 ? join(scratch.data, 'repository.git') : scratch.data },
    access: null,
    overwrite: false,
    deletes: false,
    dryRun: false,
    verify: true,
    beside: false,
    github: null,
    onIssue: (issue) => {
      issues.push(issue);
      voice.onIssue(issue);
    },
    onNotice: voice.onNotice,
    say: ({ repository }) => {
      restored.push(repository);
      return Promise.resolve();
    },
  });
  const { done, partial, failed, empty } = result.repositories;
  // One of which nothing came is no way back, whatever the reason.
  const lost = restored.filter(({ state }) => state === 'failed').map(asIssue);
  const detail = `${formatCount(done + partial + empty)} of ${formatCount(done + partial + empty + failed)} repositories`;
  return {
    result: { restored, issues: [...issues.filter((one) => !lost.some(({ path }) => path === one.path)), ...lost] },
    detail,
  };
}

function asIssue({ path, problem }: RestoredGitRepository): Issue {
  return { path, code: 'GIT_NOT_VERIFIED', message: problem ?? 'It could not be restored.' };
}

function sourceOf({ repository, snapshot, scratch, tree, voice }: Request): GitSource {
  const { signal, onProgress } = voice;
  const { home } = scratch;
  return { repository, home, cache: new GitCache(home), snapshot: snapshot.id, tree, signal, onProgress };
}

function isMade({ state, target }: RestoredGitRepository): boolean {
  return target !== null && (state === 'done' || state === 'partial');
}

/** Of repositories that lie there: each is cloned, and its clone looked at. */
export async function cloneEach(
  { scratch, signal }: { readonly scratch: Scratch; readonly signal: AbortSignal },
  made: readonly RestoredGitRepository[],
) {
  const bad: string[] = [];
  for (const [at, { target, name, refs }] of made.entries()) {
    signal.throwIfAborted();
    const from = target ?? '';
    const { sound, otherRefs, problem } = await verifyByClone({
      from,
      folder: join(scratch.folder, 'clones', String(at)),
      format: await formatOf(from),
      wanted: refs.flatMap(({ name: ref, to, result }) =>
        result !== 'heldBack' && result !== 'failed' && to !== null ? [[ref, to] as const] : [],
      ),
      bytes: await sizeOf(join(from, 'objects')),
      place: { signal, environment: { GIT_ALLOW_PROTOCOL: 'file' } },
    });
    if (!sound || otherRefs.length > 0) bad.push(`${name}: ${problem ?? `${otherRefs[0] ?? ''} is another`}`);
  }
  const detail = bad[0] ?? `${formatCount(made.length)} clones have all refs and pass git fsck`;
  const result: DrillCheck = {
    id: 'clone',
    title: 'Each can be cloned',
    result: bad.length > 0 ? 'bad' : made.length === 0 ? 'left' : 'good',
    detail,
  };
  return { result, detail };
}
