/** Where a clone is to come: refused where anything is already, or where it would get in the way of what is in use. */
import { lstat, readdir, realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { ClonePlace } from '../../../../shared/contract/clones.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { AwsPlace } from '../../../../shared/contract/aws-sources.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import type { ClonePrefix } from '../../recovery/clones/bucket-clone.ts';
import type { StoredSnapshot } from '../../repository/snapshots.ts';
import { mustBeApart, placesInUse } from '../apart.ts';
import type { CallContext } from '../context.ts';
import { sourcesOf } from './book.ts';

/** The real path of it; the folder it lies in is made. TARGET_UNUSABLE, CLONE_PLACE_TAKEN, TENANT_BOUND. */
export async function freeFolder(
  context: CallContext,
  target: string,
  snapshots: readonly StoredSnapshot[],
): Promise<string> {
  if (!isAbsolute(target)) throw new HoldfastError('BAD_USAGE', 'The target is no absolute path.');
  const path = resolve(target);
  if (path === '/' || path.includes('\0'))
    throw new HoldfastError('TARGET_UNUSABLE', `${target} is no folder of its own.`);
  await context.bounds.folders([path]);
  const standbys = await context.catalog.read('standbys.list', context.caller, null);
  const used = await placesInUse(
    context,
    standbys.map(({ definition }) => definition),
  );
  await mustBeApart(path, [...used, ...ownPlaces(snapshots)]);
  await mustBeEmpty(path);
  await makeFolders(dirname(path));
  return join(await realpath(dirname(path)), basename(path));
}

/** What a snapshot was taken of on this machine, also where no source of it is registered any more. */
function ownPlaces(snapshots: readonly StoredSnapshot[]) {
  return snapshots.flatMap(({ source, file }) =>
    file.hostname === hostname()
      ? file.paths
          .filter((path) => path !== '/' && isAbsolute(path))
          .map((path) => ({ path, what: `what snapshots of ${source} are of` }))
      : [],
  );
}

/** CLONE_PLACE_TAKEN. */
export async function mustBeEmpty(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  const isEmpty = found.isDirectory() && (await readdir(path)).length === 0;
  if (!isEmpty) throw new HoldfastError('CLONE_PLACE_TAKEN', `Something is at ${path} already.`);
}

type BucketPlace = Extract<ClonePlace, { readonly kind: 'bucket' }>;

/** TARGET_UNUSABLE where a source or standby has that prefix, or a part of it. */
export async function mustBeFreePrefix(context: CallContext, { bucket, prefix }: BucketPlace): Promise<void> {
  const { refuseOverlap } = await import('../../recovery/standby/follow-bucket.ts');
  const target = { bucket, prefix };
  for (const source of await sourcesOf(context))
    if (source.kind === 's3-bucket') refuseOverlap(target, source, source.name);
  for (const { definition } of await context.catalog.read('standbys.list', context.caller, null))
    if (definition.target.kind === 'bucket') refuseOverlap(target, definition.target, definition.name);
  for (const { id, place } of await context.catalog.read('clones.list', context.caller, null))
    if (place.kind === 'bucket') refuseOverlap(target, place, `clone ${id}`);
}

/** As whom the place says; nobody is asked to sign in. AWS_… */
export async function inPrefix<Result>(
  context: CallContext,
  place: BucketPlace,
  signal: AbortSignal,
  work: (prefix: ClonePrefix) => Promise<Result>,
): Promise<Result> {
  // AWS's kit takes long to load.
  const { AwsClients } = await import('../../aws/clients.ts');
  const { awsAccessOf } = await import('../aws-access.ts');
  const { bucket, prefix } = place;
  using clients = new AwsClients(await awsAccessOf(context, awsPlaceOf(place)));
  return work({ s3: clients.s3(), bucket, prefix, signal });
}

export function awsPlaceOf({ account, region, endpoint }: BucketPlace): AwsPlace {
  return { account, region, endpoint };
}
