/**
 * All Git repositories that a snapshot has or should have, found once and kept for a while: those in its tree, and those
 * that a run was to fetch and never had.
 */
import { displayRaw, dirRaw, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import { findRepositories, nameOf, type SnapshotTree } from './snapshot-tree.ts';
import { readToldSource, type ToldRepository, type ToldSource } from './source-file.ts';

export type ListedRepository = {
  readonly path: RawPath;
  /** The last two parts of the path, for people. */
  readonly name: string;
  /** False where nothing of it was ever had. */
  readonly stored: boolean;
  /** Null where no run has told anything of it, as of a wiki. */
  readonly told: ToldRepository | null;
};

export type RepositoryListing = {
  /** By path. */
  readonly repositories: readonly ListedRepository[];
  /** False where there are more folders than were looked at. */
  readonly whole: boolean;
  readonly sources: readonly ToldSource[];
};

/** More folders than that are of no one owner. */
const mostSources = 200;
const keptListings = 4;

/** Of the trees that were looked at last. A tree never changes, so what is kept never becomes old. */
export class GitListings {
  readonly #kept = new Map<string, Promise<RepositoryListing>>();

  /** `id` of the tree. */
  of(id: string, tree: SnapshotTree): Promise<RepositoryListing> {
    const known = this.#kept.get(id);
    const listing = known ?? list(tree);
    this.#kept.delete(id);
    this.#kept.set(id, listing);
    // Who was cut off, or met a damaged file, has found nothing that is good for another.
    listing.catch(() => this.#kept.get(id) === listing && this.#kept.delete(id));
    for (const oldest of [...this.#kept.keys()].slice(0, -keptListings)) this.#kept.delete(oldest);
    return listing;
  }
}

async function list(tree: SnapshotTree): Promise<RepositoryListing> {
  const { repositories: found, whole } = await findRepositories(tree);
  const folders = [...new Set(found.map(({ path }) => dirRaw(path)))].slice(0, mostSources);
  const told = new Map<RawPath, ToldRepository>();
  const sources: ToldSource[] = [];
  for (const folder of folders) {
    const source = await readToldSource(tree, folder);
    if (source === null) continue;
    sources.push(source);
    for (const repository of source.repositories) {
      told.set(joinRaw(folder, `${repository.folder ?? repository.name}.git`), repository);
    }
  }
  const stored = new Set(found.map(({ path }) => path));
  const absent = [...told].filter(([path, { selected }]) => selected && !stored.has(path)).map(([path]) => path);
  const repositories = [...stored, ...absent]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((path) => {
      const { owner, name } = nameOf(path);
      const shown = displayRaw(`${owner}/${name}`);
      return { path, name: shown, stored: stored.has(path), told: told.get(path) ?? null };
    });
  return { repositories, whole, sources };
}
