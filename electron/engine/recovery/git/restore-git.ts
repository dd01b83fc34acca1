/** Giving Git repositories of a snapshot back: one after the other, each planned, done, and compared with the snapshot. */
import type { Issue } from '../../../../shared/contract/common.ts';
import type {
  GitRestoreResult,
  GitTarget,
  RestoredGitRepository,
  RestoredPart,
} from '../../../../shared/contract/git.ts';
import { HoldfastError, throwIfCancelled, type ErrorCode } from '../../../../shared/model/errors.ts';
import { notCaptured } from '../../sources/github/not-captured.ts';
import { displayRaw } from '../../platform/raw-path.ts';
import { giveToFolder } from './give-to-folder.ts';
import { giveToGitHub } from './give-to-github.ts';
import { giveToServer } from './give-to-server.ts';
import { bearable } from './parts.ts';
import type { ChosenRef } from './refs.ts';
import {
  findRepositories,
  findRepository,
  nameOf,
  readLargeFiles,
  wikiEnd,
  type FoundRepository,
} from './snapshot-tree.ts';
import { describePlace, placeOf, refuseTarget, type GitHubTargets, type Place } from './targets.ts';
import { unpackAhead } from './unpack-ahead.ts';
import type { GitSource } from './unpacked.ts';

export type GitRestoreRequest = {
  readonly source: GitSource;
  /** Null: all. */
  readonly paths: readonly string[] | null;
  readonly refs: readonly ChosenRef[] | null;
  readonly target: GitTarget;
  readonly access: { readonly user: string; readonly token: string } | null;
  readonly overwrite: boolean;
  readonly deletes: boolean;
  readonly dryRun: boolean;
  readonly verify: boolean;
  /** To GitHub: also what is not in Git. */
  readonly beside: boolean;
  /** Null where the target is none of GitHub. */
  readonly github: GitHubTargets | null;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
  readonly say: (event: RepositoryEvent) => Promise<void>;
};

export type RepositoryEvent = { type: 'repository'; repository: RestoredGitRepository };

/** What came of one: all but its names, which whoever asked knows. */
export type Given = Omit<RestoredGitRepository, 'path' | 'name' | 'parts' | 'notGivenBack'> & {
  readonly problems: readonly GivenProblem[];
  /** Of a target of GitHub. */
  readonly parts?: readonly RestoredPart[];
  readonly notGivenBack?: readonly string[];
};
export type GivenProblem = { readonly code: ErrorCode; readonly message: string };

/** One that fails does not stop the others. BAD_USAGE, GIT_REPOSITORY_UNKNOWN, GIT_REPOSITORY_AMBIGUOUS. */
export async function restoreGit(request: GitRestoreRequest): Promise<GitRestoreResult> {
  const startedAtMs = Date.now();
  const { source, paths, refs, target, onNotice } = request;
  const isSingle = paths?.length === 1;
  refuseTarget(target, isSingle);
  if (refs !== null && !isSingle) throw new HoldfastError('BAD_USAGE', 'Refs are chosen of one repository alone.');
  if (refs !== null && target.kind !== 'url' && target.kind !== 'github')
    throw new HoldfastError('BAD_USAGE', 'Single refs are given back to a server; a folder gets all of them.');
  const { repositories: all, whole } = await chosen(source, paths);
  const isBeside = target.kind === 'github' && refs === null && request.beside;
  const repositories = isBeside ? withoutTheirWikis(all) : all;
  if (isBeside) onNotice(`No snapshot has, and so nothing gives back: ${notCaptured.join('; ')}.`);
  if (!whole) onNotice('The snapshot has more folders than were looked at: name the repositories that are missing.');
  const total = new Totals(request.dryRun);
  let ahead = request.dryRun ? repositories.length : 0;
  for (const [at, found] of repositories.entries()) {
    throwIfCancelled(source.signal);
    if (at >= ahead) ahead += await unpackAhead(source, repositories.slice(at));
    await tellOfLargeFiles(request, found);
    const repository = await giveOne(request, found, isSingle, { at, of: repositories.length, issues: total.issues });
    total.add(repository);
    await request.say({ type: 'repository', repository });
  }
  return total.result(Date.now() - startedAtMs);
}

/** Before anything of it is written: what never came cannot be given back. */
async function tellOfLargeFiles({ source, onNotice }: GitRestoreRequest, { path }: FoundRepository): Promise<void> {
  const lfs = await readLargeFiles(source.tree, path);
  if (lfs === null || lfs.complete) return;
  const { owner, name } = nameOf(path);
  const what =
    'Not all of its objects of Git LFS were had when the snapshot was taken: those that are missing cannot be given back.';
  onNotice(`${displayRaw(`${owner}/${name}`)}: ${what}`);
}

async function chosen({ tree }: GitSource, paths: readonly string[] | null): ReturnType<typeof findRepositories> {
  if (paths === null) return findRepositories(tree);
  const found = new Map<string, FoundRepository>();
  for (const path of paths) {
    const repository = await findRepository(tree, path);
    found.set(repository.path, repository);
  }
  return { repositories: [...found.values()], whole: true };
}

/** A wiki goes along with its repository. */
function withoutTheirWikis(repositories: readonly FoundRepository[]): readonly FoundRepository[] {
  const paths = new Set(repositories.map(({ path }) => path));
  return repositories.filter(
    ({ path }) => !path.endsWith(wikiEnd) || !paths.has(`${path.slice(0, -wikiEnd.length)}.git`),
  );
}

type Turn = { readonly at: number; readonly of: number; readonly issues: Issue[] };

async function giveOne(
  request: GitRestoreRequest,
  found: FoundRepository,
  isSingle: boolean,
  { at, of, issues }: Turn,
): Promise<RestoredGitRepository> {
  const path = displayRaw(found.path);
  const { owner, name: last } = nameOf(found.path);
  const name = displayRaw(`${owner}/${last}`);
  const { onProgress } = request.source;
  const counted = { doneItems: at, totalItems: of, currentItem: name, issues: issues.length };
  onProgress({ phase: 'Restoring', doneBytes: 0, totalBytes: null, ...counted });
  const source = {
    ...request.source,
    onProgress: (seen: Parameters<typeof onProgress>[0]) => onProgress({ ...seen, ...counted }),
  };
  const tell = ({ code, message }: GivenProblem): void => {
    const issue = { path, code, message };
    issues.push(issue);
    request.onIssue(issue);
  };
  let target: string | null = null;
  try {
    const place = placeOf(request.target, found, isSingle);
    target = describePlace(place);
    const own = { ...request, source };
    const { problems, parts = [], notGivenBack = [], ...given } = await giveTo(own, found, place);
    for (const problem of problems) tell(problem);
    return { path, name, ...given, parts: [...parts], notGivenBack: [...notGivenBack] };
  } catch (error) {
    const failure = bearable(error);
    tell(failure);
    const nothing = {
      created: false,
      refs: [],
      head: null,
      lfsObjects: 0,
      parts: [],
      notGivenBack: [],
      verified: null,
    };
    return { path, name, target, state: 'failed', ...nothing, problem: failure.message };
  }
}

function giveTo(request: GitRestoreRequest, found: FoundRepository, place: Place): Promise<Given> {
  if (place.kind === 'github') return giveToGitHub(request, found, place);
  return place.kind === 'url' ? giveToServer(request, found, place) : giveToFolder(request, found, place);
}

class Totals {
  readonly issues: Issue[] = [];
  readonly #dryRun: boolean;
  readonly #repositories = { done: 0, partial: 0, failed: 0, empty: 0 };
  readonly #refs = {
    create: 0,
    'fast-forward': 0,
    overwrite: 0,
    delete: 0,
    leave: 0,
    unchanged: 0,
    heldBack: 0,
    failed: 0,
  };

  readonly #parts = { written: 0, unchanged: 0, left: 0, heldBack: 0, failed: 0 };

  constructor(dryRun: boolean) {
    this.#dryRun = dryRun;
  }

  add({ state, refs, parts }: RestoredGitRepository): void {
    this.#repositories[state === 'planned' ? 'done' : state] += 1;
    for (const { action, result } of refs) {
      this.#refs[result === 'heldBack' || result === 'failed' ? result : action] += 1;
    }
    for (const { action, result } of parts) {
      const isSame = action === 'unchanged' ? 'unchanged' : action === 'leave' ? 'left' : 'written';
      this.#parts[result === 'heldBack' || result === 'failed' ? result : isSame] += 1;
    }
  }

  result(durationMs: number): GitRestoreResult {
    const { issues } = this;
    const counted = { repositories: this.#repositories, refs: this.#refs, parts: this.#parts };
    return { dryRun: this.#dryRun, ...counted, issues, durationMs };
  }
}
