/** A repository of a snapshot given back to a server: what is large first, then refs, then the default branch. */
import { join } from 'node:path';
import type { RestoredRef } from '../../../../shared/contract/git.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Ref, RefsManifest } from '../../../../shared/model/git-refs.ts';
import { isRestoredRef, type PlannedRef, type RefAction } from '../../../../shared/model/git-restore-plan.ts';
import { GitProcess, type GitPlace } from './git-process.ts';
import { missingWords, verificationProblems } from './give-to-folder.ts';
import { countLfs, sizeOf } from './measure.ts';
import { differing, planFor } from './plan.ts';
import { baseOf, lfsSettings, pushLfs, pushRefs } from './push.ts';
import { chooseRefs, presentObjects, remoteRefs } from './refs.ts';
import type { Given, GivenProblem, GitRestoreRequest } from './restore-git.ts';
import { readManifest, type FoundRepository } from './snapshot-tree.ts';
import type { Place } from './targets.ts';
import { withUnpacked, type Unpacked } from './unpacked.ts';
import { verifyByClone } from './verify.ts';
import { makeView, setRefs } from './view.ts';

type ServerPlace = Extract<Place, { kind: 'url' | 'github' }>;
const noRefs: RefsManifest = { version: 1, head: null, refs: [] };
const changing: ReadonlySet<RefAction> = new Set<RefAction>(['create', 'fast-forward', 'overwrite', 'delete']);

/** GIT_TARGET_REFUSED, and what unpacking raises. */
export async function giveToServer(
  request: GitRestoreRequest,
  found: FoundRepository,
  place: ServerPlace,
): Promise<Given> {
  const { source, refs, dryRun } = request;
  const existing = place.kind === 'url' ? place.url : await githubOf(request).find(place.repository);
  const seen = existing === null ? noRefs : await remoteRefs(await serverGit(request, existing), existing);
  const manifest = await readManifest(source.tree, found.path);
  const known = refs === null && manifest !== null ? restorable(manifest) : null;
  const target = { place, existing, seen };
  // Where no histories are compared, a dry run needs no more than the lists of refs.
  if (dryRun && known !== null && differing(known, seen.refs).length === 0) {
    return planOnly(request, target, manifest ?? noRefs, await planFor(null, planInput(request, known, seen)));
  }
  return withUnpacked(source, found, async (unpacked) => {
    const { git } = unpacked;
    const wanted = refs === null ? restorable(unpacked.manifest) : await chooseRefs(git, unpacked.manifest, refs);
    if (!dryRun) return give(request, target, unpacked, wanted);
    return planOnly(request, target, unpacked.manifest, await planFor(git, planInput(request, wanted, seen)));
  });
}

type Target = { readonly place: ServerPlace; readonly existing: string | null; readonly seen: RefsManifest };

function restorable({ refs }: RefsManifest): readonly Ref[] {
  return refs.filter(([name]) => isRestoredRef(name));
}

/** Single refs say nothing of the others, and neither does a repository that has none: it may have been emptied. */
function planInput({ deletes, refs }: GitRestoreRequest, wanted: readonly Ref[], seen: RefsManifest) {
  if (refs === null) return { wanted, seen: seen.refs, deletes: deletes && wanted.length > 0 };
  const names = new Set(wanted.map(([name]) => name));
  return { wanted, seen: seen.refs.filter(([name]) => names.has(name)), deletes: false };
}

/** What the snapshot names and does not hold is not what only the target has: it must not be deleted there. */
function withoutLacking(seen: RefsManifest, asked: readonly Ref[], present: ReadonlySet<string>): RefsManifest {
  const lacking = new Set(asked.flatMap(([name, id]) => (present.has(id) ? [] : [name])));
  return { ...seen, refs: seen.refs.filter(([name]) => !lacking.has(name)) };
}

export function githubOf({ github }: GitRestoreRequest) {
  if (github !== null) return github;
  throw new HoldfastError('BAD_USAGE', 'Nothing here reaches a GitHub.');
}

async function serverGit(request: GitRestoreRequest, url: string): Promise<GitProcess> {
  return new GitProcess({ folder: await request.source.cache.place(), ...serverPlace(request, url) });
}

/** What its server is asked with. */
export function serverPlace(
  { source, access }: Pick<GitRestoreRequest, 'source' | 'access'>,
  url: string,
): Omit<GitPlace, 'folder'> {
  const { signal } = source;
  if (access === null) return { signal };
  return { signal, access: { base: baseOf(url), user: access.user, secret: access.token } };
}

function heldBack({ action }: PlannedRef, { overwrite }: GitRestoreRequest): boolean {
  return action === 'overwrite' && !overwrite;
}

function planOnly(
  request: GitRestoreRequest,
  { place, existing }: Target,
  { head, refs }: RefsManifest,
  planned: readonly PlannedRef[],
): Given {
  return {
    target: existing ?? (place.kind === 'github' ? `${place.repository.owner}/${place.repository.name}` : null),
    state: refs.length === 0 ? 'empty' : 'planned',
    created: existing === null,
    refs: planned.map((ref) => ({ ...ref, result: heldBack(ref, request) ? 'heldBack' : 'planned', problem: null })),
    head: head === null || request.refs !== null ? null : { name: head, set: false },
    lfsObjects: 0,
    verified: null,
    problem: null,
    problems: [],
  };
}

async function give(
  request: GitRestoreRequest,
  { place, existing, seen }: Target,
  unpacked: Unpacked,
  asked: readonly Ref[],
): Promise<Given> {
  const { source, refs: single } = request;
  const { folder, format, git, manifest } = unpacked;
  const url = existing ?? (await make(request, place));
  const present = await presentObjects(
    git,
    asked.map(([, id]) => id),
  );
  const wanted = asked.filter(([, id]) => present.has(id));
  const head = single === null ? manifest.head : null;
  return source.cache.temporary(async (work) => {
    const view = join(work, 'view');
    await makeView(view, { objects: join(folder, 'objects'), format });
    const server = serverPlace(request, url);
    const configuration = lfsSettings(url, join(folder, 'lfs'));
    const inView = new GitProcess({ folder: view, ...server, configuration });
    await setRefs(inView, wanted, head);
    const planned = await planFor(git, planInput(request, wanted, withoutLacking(seen, asked, present)));
    const problems: GivenProblem[] = [];
    const lfsObjects = await countLfs(folder);
    if (lfsObjects > 0 && planned.some(({ action }) => changing.has(action) && action !== 'delete')) {
      const { problem } = await pushLfs(inView, url);
      if (problem !== null) problems.push({ code: 'GIT_LFS_LEFT_OUT', message: problem });
    }
    const refs = [...(await pushAll(request, inView, url, planned, head)), ...missingRefs(asked, present)];
    problems.push(...refProblems(refs));
    const isHeadSet = head === null ? true : await setHead(request, place, url, head, refs, problems);
    const settled = new Set(refs.flatMap(({ name, result }) => (result === 'done' ? [name] : [])));
    const verified = request.verify
      ? await verifyByClone({
          from: url,
          folder: join(work, 'clone'),
          format,
          wanted: wanted.filter(([name]) => settled.has(name)),
          bytes: await sizeOf(join(folder, 'objects')),
          place: server,
        })
      : null;
    problems.push(...verificationProblems(verified));
    return {
      target: url,
      state: problems.length > 0 ? 'partial' : asked.length === 0 ? 'empty' : 'done',
      created: existing === null,
      refs,
      head: head === null ? null : { name: head, set: isHeadSet },
      lfsObjects,
      verified,
      problem: problems[0]?.message ?? null,
      problems,
    };
  });
}

async function make(request: GitRestoreRequest, place: ServerPlace): Promise<string> {
  if (place.kind === 'url') return place.url;
  return githubOf(request).create(place.repository, place.isPrivate);
}

/** Every planned ref, with what became of it. */
async function pushAll(
  request: GitRestoreRequest,
  git: GitProcess,
  url: string,
  planned: readonly PlannedRef[],
  head: string | null,
): Promise<RestoredRef[]> {
  const going = planned.filter((ref) => changing.has(ref.action) && !heldBack(ref, request));
  const problems = new Map<string, string | null>();
  let done = 0;
  for await (const pushed of pushRefs(git, url, going, head)) {
    for (const { name, problem } of pushed) problems.set(name, problem);
    done += pushed.length;
    request.source.onProgress({
      phase: 'Pushing',
      doneItems: done,
      totalItems: going.length,
      doneBytes: 0,
      totalBytes: null,
      currentItem: null,
      issues: 0,
    });
  }
  return planned.map((ref): RestoredRef => {
    if (heldBack(ref, request)) return { ...ref, result: 'heldBack', problem: null };
    const problem = problems.get(ref.name) ?? null;
    return { ...ref, result: problem === null ? 'done' : 'failed', problem };
  });
}

function missingRefs(asked: readonly Ref[], present: ReadonlySet<string>): RestoredRef[] {
  return asked
    .filter(([, id]) => !present.has(id))
    .map(([name, to]) => ({ name, action: 'create', from: null, to, result: 'failed', problem: missingWords }));
}

function refProblems(refs: readonly RestoredRef[]): GivenProblem[] {
  return refs.flatMap(({ name, result, problem }): GivenProblem[] => {
    if (result === 'heldBack') {
      const message = `${name}: the target has commits that the snapshot has not; it was left.`;
      return [{ code: 'GIT_REF_HELD_BACK', message }];
    }
    return result === 'failed' ? [{ code: 'GIT_TARGET_REFUSED', message: `${name}: ${problem ?? 'not taken.'}` }] : [];
  });
}

/** A server other than GitHub has no call for it: there it is only looked at. */
async function setHead(
  request: GitRestoreRequest,
  place: ServerPlace,
  url: string,
  head: string,
  refs: readonly RestoredRef[],
  problems: GivenProblem[],
): Promise<boolean> {
  const isThere = refs.some(({ name, to }) => name === head && to !== null);
  const now = (await remoteRefs(await serverGit(request, url), url)).head;
  if (now === head || !isThere) return now === head;
  if (place.kind === 'url') {
    request.onNotice(`The default branch of ${url} is ${now ?? 'not known'}; in the snapshot it is ${head}.`);
    return false;
  }
  try {
    await githubOf(request).setDefaultBranch(place.repository, head.slice('refs/heads/'.length));
    return true;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    problems.push({ code: error.code, message: `The default branch was not set: ${error.message}` });
    return false;
  }
}
