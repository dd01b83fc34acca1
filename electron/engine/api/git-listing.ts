/** A page of the Git repositories of a snapshot: those that were asked for, in the order that was asked for. */
import {
  repositoryChoices,
  type GitRepository,
  type RepositoryChoice,
} from '../../../shared/contract/git-repositories.ts';
import type { RepositoryOrder } from '../../../shared/model/repository-orders.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { repositoryStates } from '../../../shared/model/organisation.ts';
import { displayRaw } from '../platform/raw-path.ts';
import type { ListedRepository, RepositoryListing } from '../recovery/git/listing.ts';
import {
  readChecked,
  readHistory,
  readLargeFiles,
  readManifest,
  type SnapshotTree,
} from '../recovery/git/snapshot-tree.ts';
import { inParallel } from '../sources/parallel.ts';

/** A list of refs may be large, and is held as long as it is looked at. */
const describedAtOnce = 4;

export type ChoiceRequest = {
  readonly filter: string;
  readonly only: RepositoryChoice;
  readonly stored: boolean;
};

export type PageRequest = ChoiceRequest & {
  readonly from: number;
  readonly limit: number;
  readonly sort: RepositoryOrder;
  readonly descending: boolean;
};

export type RepositoryPage = {
  readonly total: number;
  readonly matching: number;
  readonly repositories: GitRepository[];
  readonly counts: Record<RepositoryChoice, number>;
  readonly mayNotSee: string[];
  readonly notCaptured: string[];
  readonly whole: boolean;
};

/** Refs are read of those on the page alone. */
export async function pageOf(
  tree: SnapshotTree,
  listing: RepositoryListing,
  request: PageRequest,
): Promise<RepositoryPage> {
  const { sources, whole } = listing;
  const { from, limit, sort, descending } = request;
  const repositories = shownOf(listing, request);
  const matching = matchingOf(repositories, request);
  const page = inOrder(matching, sort, descending).slice(from, from + limit);
  const described: GitRepository[] = [];
  await inParallel([...page.entries()], describedAtOnce, async ([at, one]) => {
    described[at] = await describe(tree, one);
  });
  const counted = repositoryChoices.map((choice) => [choice, countOf(repositories, choice)]);
  return {
    total: repositories.length,
    matching: matching.length,
    repositories: described,
    counts: Object.fromEntries(counted) as Record<RepositoryChoice, number>,
    mayNotSee: [...new Set(sources.flatMap(({ mayNotSee }) => mayNotSee))],
    notCaptured: [...new Set(sources.flatMap(({ notCaptured }) => notCaptured))],
    whole,
  };
}

export function pathsOf(listing: RepositoryListing, request: ChoiceRequest): string[] {
  return matchingOf(shownOf(listing, request), request).map(({ path }) => displayRaw(path));
}

function shownOf({ repositories }: RepositoryListing, { stored }: ChoiceRequest): readonly ListedRepository[] {
  return stored ? repositories.filter((one) => one.stored) : repositories;
}

function matchingOf(
  repositories: readonly ListedRepository[],
  { filter, only }: ChoiceRequest,
): readonly ListedRepository[] {
  const wanted = filter.toLowerCase();
  return repositories.filter((one) => isIn(one, only) && displayRaw(one.path).toLowerCase().includes(wanted));
}

/** One that no run tells of is neither well nor in trouble. */
function isIn({ told }: ListedRepository, choice: RepositoryChoice): boolean {
  if (choice === 'all') return true;
  if (told === null) return false;
  if (choice === 'trouble') return told.state !== 'ok';
  return choice === 'lfs' ? told.lfs?.complete === false : told.state === choice;
}

function countOf(repositories: readonly ListedRepository[], choice: RepositoryChoice): number {
  return repositories.filter((one) => isIn(one, choice)).length;
}

const valueOf: Readonly<Record<RepositoryOrder, (one: ListedRepository) => string | number | null>> = {
  name: ({ name }) => name.toLowerCase(),
  state: ({ told }) => (told === null ? null : -repositoryStates.indexOf(told.state)),
  bytes: ({ told }) => told?.bytes ?? null,
  lfs: ({ told }) => told?.lfs?.bytes ?? null,
  pushed: ({ told }) => told?.pushedAt ?? null,
  since: ({ told }) => told?.since ?? null,
};

function inOrder(
  repositories: readonly ListedRepository[],
  sort: RepositoryOrder,
  descending: boolean,
): readonly ListedRepository[] {
  const values = repositories.map((one, index) => ({ one, index, value: valueOf[sort](one) }));
  values.sort((a, b) => {
    if (a.value === b.value) return a.index - b.index;
    if (a.value === null) return 1;
    if (b.value === null) return -1;
    return a.value < b.value === descending ? 1 : -1;
  });
  return values.map(({ one }) => one);
}

async function describe(tree: SnapshotTree, { path, name, stored, told }: ListedRepository): Promise<GitRepository> {
  const shown = { path: displayRaw(path), name, stored, told: told === null ? null : toldOf(told) };
  const nothing = { head: null, branches: 0, tags: 0, otherRefs: 0, lost: 0, verified: null };
  if (!stored) return { ...shown, ...nothing, lfs: told?.lfs ?? null, problem: null };
  const lfs = told?.lfs === undefined ? await readLargeFiles(tree, path) : told.lfs;
  try {
    const manifest = await readManifest(tree, path);
    if (manifest === null) return { ...shown, ...nothing, lfs, problem: 'No list of its refs was kept.' };
    const { head, refs } = manifest;
    const branches = refs.filter(([ref]) => ref.startsWith('refs/heads/')).length;
    const tags = refs.filter(([ref]) => ref.startsWith('refs/tags/')).length;
    const lost = (await readHistory(tree, path)).length;
    const verified = await readChecked(tree, path);
    const otherRefs = refs.length - branches - tags;
    return { ...shown, head, branches, tags, otherRefs, lost, verified, lfs, problem: null };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { ...shown, ...nothing, lfs, problem: error.message };
  }
}

function toldOf(told: NonNullable<ListedRepository['told']>): NonNullable<GitRepository['told']> {
  const { state, reason, since, wholeAt, archived, pushedAt, bytes } = told;
  return { state, reason, since, wholeAt, private: told.private, archived, pushedAt, bytes };
}
