/**
 * Releases given back to GitHub with their assets. One with assets is a draft until all of them are there, so that nobody
 * takes half of it for the whole, and a try that was cut off is known by it.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSameAsset, type PlannedAsset, type PlannedRelease } from '../../../../shared/model/github-restore-plan.ts';
import { fsPath, joinRaw, rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';
import type { StoredAsset } from './kept-of-github.ts';
import { writeOut } from './materialise.ts';
import { failed, failedBy, isGoing, settled, type PartOutcome } from './parts.ts';
import type { GitHubName, GitHubTargets } from './targets.ts';
import type { GitSource } from './unpacked.ts';

export type ReleasesRequest = {
  readonly hub: GitHubTargets;
  readonly name: GitHubName;
  readonly source: GitSource;
  /** Of the target, where they lead to what they lead to in the snapshot. */
  readonly tags: ReadonlySet<string>;
};

type Release = PlannedRelease<StoredAsset>;
type Asset = PlannedAsset<StoredAsset>;
/** Where the content of an asset lies on this disk; null where it could not be had. */
type FileOf = (path: RawPath) => Promise<string | null>;

/** What lies on this disk at once; a single release may be more. */
const unpackedBytes = 1024 ** 3;
const notHeld = 'The snapshot does not hold its file.';

export async function giveReleases(
  request: ReleasesRequest,
  planned: readonly Release[],
): Promise<readonly PartOutcome[]> {
  const outcomes: PartOutcome[] = [];
  const going = planned.filter(hasWork);
  let at = 0;
  for (const batch of batchesOf(going)) {
    await withFiles(request.source, batch.flatMap(pathsOf), async (fileOf) => {
      for (const release of batch) {
        request.source.onProgress(progressOf(at++, going.length));
        outcomes.push(...(await giveRelease(request, release, fileOf)));
      }
    });
  }
  const rest = planned.filter((release) => !hasWork(release));
  return [...outcomes, ...rest.flatMap((release) => partsOf(release).map((part) => settled(part, false)))];
}

/** What a dry run says of them. */
export function sayReleases(planned: readonly Release[], tags: ReadonlySet<string>): readonly PartOutcome[] {
  return planned.flatMap((release) => {
    const { wanted, part, assets } = release;
    if (lacksTag(release, tags)) return [failed(part, 'GITHUB_TAG_MISSING', sayNoTag(wanted.tag))];
    const ofAssets = assets.map((asset) =>
      isGoing(asset.part) && asset.wanted.path === null
        ? failed(asset.part, 'GITHUB_ASSET_MISSING', notHeld)
        : settled(asset.part, true),
    );
    return [settled(part, true), ...ofAssets];
  });
}

function partsOf({ part, assets }: Release) {
  return [part, ...assets.map((asset) => asset.part)];
}

function hasWork(release: Release): boolean {
  return partsOf(release).some(isGoing);
}

function lacksTag({ wanted, seen }: Release, tags: ReadonlySet<string>): boolean {
  return seen === null && !wanted.isDraft && !tags.has(wanted.tag);
}

function sayNoTag(tag: string): string {
  return `The target does not have the tag ${tag} as it is in the snapshot.`;
}

async function giveRelease(request: ReleasesRequest, release: Release, fileOf: FileOf): Promise<PartOutcome[]> {
  const { hub, name, tags } = request;
  const { wanted, seen, part, assets } = release;
  if (lacksTag(release, tags)) return [failed(part, 'GITHUB_TAG_MISSING', sayNoTag(wanted.tag))];
  const isDraftFirst = wanted.isDraft || assets.length > 0;
  let id: number;
  try {
    id = seen?.id ?? (await hub.makeRelease(name, wanted, isDraftFirst));
  } catch (error) {
    return [failedBy(part, error)];
  }
  const sent: PartOutcome[] = [];
  for (const asset of assets) sent.push(await giveAsset(request, id, asset, fileOf));
  const isToPublish = part.action === 'finish' || (part.action === 'create' && isDraftFirst && !wanted.isDraft);
  return [isToPublish ? await publish(request, release, id, sent) : settled(part, false), ...sent];
}

/** What the snapshot itself has not is waited for in vain. */
async function publish(
  { hub, name }: ReleasesRequest,
  { part }: Release,
  id: number,
  sent: readonly PartOutcome[],
): Promise<PartOutcome> {
  if (sent.some(({ code }) => code !== null && code !== 'GITHUB_ASSET_MISSING')) {
    return failed(part, 'GITHUB_UNFINISHED', 'It stays a draft, because not all of its assets are there.');
  }
  try {
    await hub.publish(name, id);
    return settled(part, false);
  } catch (error) {
    return failedBy(part, error);
  }
}

async function giveAsset(
  { hub, name }: ReleasesRequest,
  release: number,
  { wanted, seen, part }: Asset,
  fileOf: FileOf,
): Promise<PartOutcome> {
  if (!isGoing(part)) return settled(part, false);
  const file = wanted.path === null ? null : await fileOf(wanted.path);
  if (file === null) return failed(part, 'GITHUB_ASSET_MISSING', notHeld);
  try {
    if (seen !== null) await hub.removeAsset(name, seen.id);
    const there = await hub.sendAsset(name, release, wanted, file);
    if (there.name === wanted.name && isSameAsset(wanted, there)) return settled(part, false);
    return failed(part, 'GIT_NOT_VERIFIED', `GitHub has ${there.size} bytes of it now, as ${there.name}.`);
  } catch (error) {
    const { part: told, code } = failedBy(part, error);
    return { part: { ...told, problem: `${told.problem ?? ''} It is sent again on the next try.` }, code };
  }
}

function* batchesOf(releases: readonly Release[]): Generator<readonly Release[]> {
  let batch: Release[] = [];
  let bytes = 0;
  for (const release of releases) {
    const own = release.assets.reduce((sum, { wanted, part }) => sum + (isGoing(part) ? wanted.size : 0), 0);
    if (batch.length > 0 && bytes + own > unpackedBytes) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(release);
    bytes += own;
  }
  if (batch.length > 0) yield batch;
}

function pathsOf({ assets }: Release): readonly RawPath[] {
  return assets.flatMap(({ wanted, part }) => (isGoing(part) && wanted.path !== null ? [wanted.path] : []));
}

/** One restore for all of them. */
async function withFiles(
  source: GitSource,
  paths: readonly RawPath[],
  work: (fileOf: FileOf) => Promise<void>,
): Promise<void> {
  if (paths.length === 0) return work(() => Promise.resolve(null));
  await source.cache.temporary(async (folder) => {
    const target = join(folder, 'assets');
    // A file that could not be read whole is not there, which is seen below.
    await writeOut({ ...source, isOwnFolder: true }, paths, target);
    await work(async (path) => {
      const file = fsPath(joinRaw(rawFromUtf8(target), path.slice(1)));
      const found = typeof file === 'string' ? await lstat(file).catch(() => null) : null;
      return typeof file === 'string' && found?.isFile() === true ? file : null;
    });
  });
}

function progressOf(doneItems: number, totalItems: number) {
  const nothing = { doneBytes: 0, totalBytes: null, currentItem: null, issues: 0 };
  return { phase: 'Giving back releases', doneItems, totalItems, ...nothing };
}
