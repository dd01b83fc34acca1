/** Files of a source in a folder: a version beside the others for each snapshot, of which only what has changed is written. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { restore } from '../restore.ts';
import type { RestoreRequest } from '../restore-request.ts';
import { nothingDone, type Followed, type FollowRequest } from './follow.ts';
import { StandbyFolder, type StandbyVersion } from './standby-folder.ts';

/** STANDBY_TARGET_TAKEN, STANDBY_INCOMPLETE, and what restoring throws. */
export async function followInFolder(request: FollowRequest, path: string): Promise<Followed> {
  const folder = await StandbyFolder.open(path, request.mark);
  const drift = await driftOf(request, folder);
  const { current } = folder;
  const isCurrent = current !== null && current.original === originalOf(request.snapshot);
  if (request.looksOnly || (isCurrent && !(request.putsRight && drift.length > 0))) {
    await folder.tidy(request.versions, null);
    return { ...nothingDone, updated: false, place: join(path, 'current'), drift, kept: keptOf(folder) };
  }
  const { file, id, takenAtMs } = request.snapshot;
  const work = await folder.work(file.tree);
  const done = await restore({
    ...restoring(request, request.snapshot.id),
    target: work,
    overwrite: 'if-changed',
    verify: true,
    ...(current === null ? {} : { basis: { folder: folder.pathOf(current), sealedNs: await folder.sealedNs() } }),
    // What is taken over needs no room.
    ignoreFreeSpace: current !== null,
  });
  mustBeWhole(done.issues);
  await folder.publish(
    work,
    {
      snapshot: id,
      original: originalOf(request.snapshot),
      takenAtMs,
      tree: file.tree,
      root: await rootOf(work, file.paths),
      parts: {},
    },
    request.signal,
  );
  await settle(folder, request, drift.length > 0 ? current : null);
  return {
    updated: true,
    place: join(path, 'current'),
    items: done.files,
    written: done.files - done.unchangedFiles,
    unchanged: done.unchangedFiles,
    removed: 0,
    writtenBytes: done.writtenBytes,
    drift,
    kept: keptOf(folder),
  };
}

/** After a new version: old ones go, and from now on changes are those of others. */
export async function settle(
  folder: StandbyFolder,
  { versions, keepChanges }: FollowRequest,
  changed: StandbyVersion | null,
): Promise<void> {
  await folder.tidy(versions, keepChanges ? (changed?.name ?? null) : null);
  await folder.seal(await folder.clockNs());
}

export function keptOf(folder: StandbyFolder): Followed['kept'] {
  return folder.kept.map(({ name, takenAtMs, changed }) => ({ name, takenAtMs, changed }));
}

export function originalOf({ id, file }: FollowRequest['snapshot']): string {
  return file.original ?? id;
}

/** That an owner or an attribute could not be given is named, and no more. */
export function mustBeWhole(
  issues: readonly { readonly path: string; readonly code: string; readonly message: string }[],
): void {
  const [first, ...others] = issues.filter(({ code }) => code !== 'NO_PERMISSION');
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` ${others.length} more could not be brought over either.`;
  throw new HoldfastError('STANDBY_INCOMPLETE', `${first.path}: ${first.message}${more}`);
}

/** Held against the snapshot it shows; sealed anew where nothing is other. */
async function driftOf(request: FollowRequest, folder: StandbyFolder): Promise<readonly string[]> {
  const { current } = folder;
  if (current === null) return [];
  // By what the target itself says: a kill may have come before that was noted elsewhere.
  const shown = request.storedAs(current.original);
  if (shown === null) {
    request.onNotice(
      'The snapshot it shows is gone from the repository, so nobody can say whether somebody has changed it.',
    );
    return [];
  }
  const version = folder.pathOf(current);
  const nowNs = await folder.clockNs();
  const { issues } = await restore({
    ...restoring({ ...request, onIssue: () => undefined }, shown.id),
    target: version,
    overwrite: 'never',
    verify: false,
    compare: { sealedNs: await folder.sealedNs() },
    ignoreFreeSpace: true,
  });
  // What was not restored for want of rights is not there either.
  const found = issues
    .filter(({ code }) => code === 'VERIFY_FAILED')
    .map(({ path, message }) => `${shortOf(path, version)}: ${message}`);
  if (found.length === 0) await folder.seal(nowNs);
  return found;
}

function restoring(
  { repository, home, throttle, signal, onProgress, onIssue, onNotice }: FollowRequest,
  snapshot: string,
): Pick<
  RestoreRequest,
  | 'repository'
  | 'home'
  | 'selections'
  | 'source'
  | 'dryRun'
  | 'throttle'
  | 'signal'
  | 'onProgress'
  | 'onIssue'
  | 'onNotice'
  | 'say'
> {
  const say = () => Promise.resolve();
  const what = { selections: [snapshot], source: undefined, dryRun: false };
  return { repository, home, ...what, throttle, signal, onProgress, onIssue, onNotice, say };
}

function shortOf(path: string, version: string): string {
  return path.startsWith(version) ? path.slice(version.length) : path;
}

/** What people mount is the folder that is protected, where it is one. */
async function rootOf(work: string, paths: readonly string[]): Promise<string> {
  const [only] = paths;
  if (only === undefined || paths.length > 1 || !only.startsWith('/')) return '';
  const root = only.slice(1);
  return (await lstat(join(work, root)).catch(() => null))?.isDirectory() === true ? root : '';
}
