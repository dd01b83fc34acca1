/**
 * Bare repositories of a source in a folder: a version for each snapshot, with all of them in it. One that is as it was is
 * taken over as it lies; of one that has moved, only the objects that are new are written.
 */
import { lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { displayRaw, type RawPath } from '../../platform/raw-path.ts';
import type { GitCache } from '../git/cache.ts';
import { makeFolder } from '../git/folders.ts';
import { GitProcess } from '../git/git-process.ts';
import { sizeOf } from '../git/measure.ts';
import { ownRefs, presentObjects } from '../git/refs.ts';
import { findRepositories, type FoundRepository, type SnapshotTree } from '../git/snapshot-tree.ts';
import { withUnpacked, type GitSource } from '../git/unpacked.ts';
import { verifyRepository } from '../git/verify.ts';
import { setRefs } from '../git/view.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { nothingDone, type Followed, type FollowRequest } from './follow.ts';
import { keptOf, originalOf, settle } from './follow-folder.ts';
import { linkTree } from './link-tree.ts';
import { removeTree } from './remove-tree.ts';
import { StandbyFolder, type StandbyVersion } from './standby-folder.ts';

export type GitFollowRequest = FollowRequest & { readonly cache: GitCache; readonly tree: SnapshotTree };

/** Git writes them in place, where it does. */
const writtenInPlace: ReadonlySet<string> = new Set(['FETCH_HEAD', 'gc.log', 'gc.pid']);

/** STANDBY_TARGET_TAKEN, STANDBY_INCOMPLETE, GIT_…, and what unpacking raises. */
export async function followGit(request: GitFollowRequest, path: string): Promise<Followed> {
  const folder = await StandbyFolder.open(path, request.mark);
  const drift = await driftOf(folder);
  const { current } = folder;
  const isCurrent = current !== null && current.original === originalOf(request.snapshot);
  const found = { place: join(path, 'current'), drift: drift.flatMap(({ words }) => words) };
  if (request.looksOnly || (isCurrent && !(request.putsRight && found.drift.length > 0))) {
    await folder.tidy(request.versions, null);
    return { ...nothingDone, updated: false, ...found, kept: keptOf(folder) };
  }
  const { repositories, whole } = await findRepositories(request.tree);
  if (!whole) throw new HoldfastError('STANDBY_INCOMPLETE', 'The snapshot has more folders than are looked at.');
  const { id, takenAtMs, file } = request.snapshot;
  // What an earlier try has left may be half of a repository.
  const work = await folder.work(file.tree);
  for (const name of await readdir(work)) await removeTree(join(work, name));
  const touched = new Set(drift.map(({ part }) => part));
  const filling = new Filling(request, work, folder, touched);
  for (const [at, repository] of repositories.entries()) await filling.add(repository, at, repositories.length);
  const parts = Object.fromEntries(repositories.map((one) => [placeIn(one.path), one.tree]));
  const version = { snapshot: id, original: originalOf(request.snapshot), takenAtMs, tree: file.tree, root: '', parts };
  await folder.publish(work, version, request.signal);
  await settle(folder, request, found.drift.length > 0 ? current : null);
  const gone = Object.keys(current?.parts ?? {}).filter((part) => !Object.hasOwn(parts, part)).length;
  return {
    updated: true,
    ...found,
    ...filling.counts,
    items: repositories.length,
    removed: gone,
    kept: keptOf(folder),
  };
}

class Filling {
  readonly counts = { written: 0, unchanged: 0, writtenBytes: 0 };
  readonly #request: GitFollowRequest;
  readonly #work: string;
  readonly #folder: StandbyFolder;
  readonly #current: StandbyVersion | null;
  /** Paths of those that somebody has changed: they are made anew. */
  readonly #touched: ReadonlySet<string>;

  constructor(request: GitFollowRequest, work: string, folder: StandbyFolder, touched: ReadonlySet<string>) {
    this.#request = request;
    this.#work = work;
    this.#folder = folder;
    this.#current = folder.current;
    this.#touched = touched;
  }

  async add(found: FoundRepository, at: number, of: number): Promise<void> {
    const { onProgress } = this.#request;
    const part = placeIn(found.path);
    const counted = { doneItems: at, totalItems: of, currentItem: part, issues: 0 };
    onProgress({ phase: 'Restoring', doneBytes: this.counts.writtenBytes, totalBytes: null, ...counted });
    const place = join(this.#work, part);
    await mkdir(dirname(place), { recursive: true, mode: 0o755 });
    const known = this.#touched.has(part) ? undefined : this.#current?.parts[part];
    const before = this.#current === null ? null : join(this.#folder.pathOf(this.#current), part);
    if (known === found.tree && before !== null) {
      await linkTree(before, place, writtenInPlace);
      this.counts.unchanged += 1;
      return;
    }
    const had = known === undefined || before === null ? 0 : await sizeOf(before);
    if (known === undefined || before === null) await this.#make(found, place);
    else await this.#bringForward(found, { before, place });
    this.counts.written += 1;
    this.counts.writtenBytes += Math.max(0, (await sizeOf(place)) - had);
  }

  async #make(found: FoundRepository, place: string): Promise<void> {
    const { manifest, missing, git } = await makeFolder(this.#source(), found, { place, isCheckedOut: false });
    if (missing.length > 0) throw incomplete(found, `the objects of ${missing[0]?.[0] ?? ''} are not in the snapshot`);
    await this.#verify(found, git, manifest.refs);
  }

  /** Its objects stay where they are, under a further name; what is new is fetched from where it was unpacked. */
  async #bringForward(found: FoundRepository, { before, place }: { before: string; place: string }): Promise<void> {
    await linkTree(before, place, writtenInPlace);
    const { signal } = this.#request;
    await withUnpacked(this.#source(), found, async ({ folder, manifest }) => {
      const git = new GitProcess({ folder: place, signal, environment: { GIT_ALLOW_PROTOCOL: 'file' } });
      const ids = manifest.refs.map(([, id]) => id);
      const there = await presentObjects(git, ids);
      if (ids.some((id) => !there.has(id)) || !(await isConnected(git, ids))) {
        const fetch = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-gc', '--', folder];
        await git.run([...fetch, '+refs/*:refs/incoming/*']);
      }
      const present = await presentObjects(git, ids);
      const lacking = manifest.refs.find(([, id]) => !present.has(id));
      if (lacking !== undefined) throw incomplete(found, `the objects of ${lacking[0]} are not in the snapshot`);
      await setRefs(git, manifest.refs, manifest.head);
      await this.#verify(found, git, manifest.refs);
    });
  }

  async #verify(found: FoundRepository, git: GitProcess, wanted: Parameters<typeof setRefs>[1]): Promise<void> {
    const { refs } = await ownRefs(git);
    const bytes = await sizeOf(join(git.folder, 'objects'));
    const place = { folder: git.folder, signal: this.#request.signal };
    const { otherRefs, sound, problem } = await verifyRepository(place, { wanted, found: refs, bytes });
    if (otherRefs.length > 0) throw incomplete(found, `${otherRefs[0] ?? ''} is not as in the snapshot`);
    if (!sound) throw incomplete(found, `a check of it failed: ${problem ?? 'git fsck says no more'}`);
  }

  #source(): GitSource {
    const { repository, home, cache, snapshot, tree, signal } = this.#request;
    return { repository, home, cache, snapshot: snapshot.id, tree, signal, onProgress: () => undefined };
  }
}

/** Whether all that these lead to is there: one that is there may lead to what is not. */
async function isConnected(git: GitProcess, ids: readonly string[]): Promise<boolean> {
  const asked = ['rev-list', '--objects', '--quiet', '--stdin', '--not', '--all'];
  return (await git.ask(asked, { input: `${[...new Set(ids)].join('\n')}\n` })).code === 0;
}

function incomplete({ path }: FoundRepository, reason: string): HoldfastError {
  return new HoldfastError('STANDBY_INCOMPLETE', `${displayRaw(path)}: ${reason}.`);
}

/** Its path in a version. */
function placeIn(path: RawPath): string {
  return displayRaw(path).slice(1);
}

type Touched = { readonly part: string; readonly words: readonly string[] };

/**
 * Repositories in which something was written since the version came. A further name of a file changes neither its own
 * time of change in content nor that of the folder it lies in.
 */
async function driftOf(folder: StandbyFolder): Promise<readonly Touched[]> {
  const { current } = folder;
  if (current === null) return [];
  const sealedNs = await folder.sealedNs();
  // Nobody knows since when to look, as that was cut off: the next version takes nothing over from this one.
  if (sealedNs === 0n) return Object.keys(current.parts).map((part) => ({ part, words: [] }));
  const drift: Touched[] = [];
  for (const part of Object.keys(current.parts)) {
    const root = join(folder.pathOf(current), part);
    if ((await lstat(root).catch(() => null)) === null) drift.push({ part, words: [`${part}: It is not there.`] });
    else if (await isTouched(root, sealedNs)) drift.push({ part, words: [`${part}: Something was written in it.`] });
  }
  return drift;
}

async function isTouched(folder: string, sealedNs: bigint): Promise<boolean> {
  if ((await stat(folder, { bigint: true })).ctimeNs >= sealedNs) return true;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (
      entry.isDirectory() ? await isTouched(path, sealedNs) : (await lstat(path, { bigint: true })).mtimeNs >= sealedNs
    )
      return true;
  }
  return false;
}
