/**
 * Objects of a source in a bucket: each key is replaced where it differs, and goes where the snapshot has it no more. Each
 * object is whole at any moment; all of them together are of one snapshot once an update has ended. A version is what an
 * update has replaced and removed, under a prefix of its own.
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { versionName } from '../../../../shared/model/standby.ts';
import type { AwsAccess } from '../../aws/access.ts';
import { AwsClients } from '../../aws/clients.ts';
import { giveToBucket } from '../s3/give-to-bucket.ts';
import { nothingDone, type Followed, type FollowRequest } from './follow.ts';
import { mustBeWhole, originalOf } from './follow-folder.ts';
import { StandbyBucket } from './standby-bucket.ts';

export type BucketFollowRequest = FollowRequest & {
  readonly access: AwsAccess;
  readonly bucket: string;
  readonly prefix: string;
};

/** STANDBY_TARGET_TAKEN, STANDBY_INCOMPLETE, AWS_…. */
export async function followInBucket(request: BucketFollowRequest): Promise<Followed> {
  const { access, bucket, prefix, signal, snapshot, mark, versions } = request;
  using clients = new AwsClients(access);
  const standby = await StandbyBucket.open({ s3: clients.s3(), bucket, prefix, signal }, mark);
  const drift = await standby.drift();
  const { shown, changing, kept } = standby.state;
  const original = originalOf(snapshot);
  const isCurrent = shown?.original === original && !changing;
  const found = { place: standby.words, drift };
  if (request.looksOnly || (isCurrent && !(request.putsRight && drift.length > 0)))
    return { ...nothingDone, updated: false, ...found, kept };
  const isChanged = drift.length > 0 && request.keepChanges;
  const aside = shown === null || (versions === 0 && !isChanged) ? null : freeName(versionName(shown), changing, kept);
  const noted =
    aside === null || kept.some(({ name }) => name === aside.name) ? kept : [...kept, { ...aside, changed: isChanged }];
  // From here on it may be of two snapshots; and whatever is written, this engine has written.
  await standby.write({ changing: true, kept: noted });
  const given = await giveToBucket({
    ...request,
    options: {
      tree: snapshot.file.tree,
      from: '',
      bucket,
      prefix,
      overwrite: 'if-changed',
      versions: 'newest',
      dryRun: false,
      verify: true,
      journal: await journalOf(request),
      follows: { own: standby.own, aside: aside === null ? null : standby.asideOf(aside.name) },
    },
  });
  for (const sentence of given.notGivenBack) request.onNotice(sentence);
  mustBeWhole(given.issues);
  const objects = given.objects + given.unchanged;
  await standby.tidy(versions);
  await standby.write({ shown: { original, takenAtMs: snapshot.takenAtMs }, objects, changing: false });
  return {
    updated: true,
    ...found,
    items: objects,
    written: given.objects,
    unchanged: given.unchanged,
    removed: given.removed ?? 0,
    writtenBytes: given.bytes,
    kept: standby.state.kept,
  };
}

type Kept = Followed['kept'];

/** What goes on where it was cut off adds to what it has kept already. */
function freeName(name: string, goesOn: boolean, kept: Kept): { readonly name: string; readonly takenAtMs: number } {
  const last = kept.at(-1);
  if (goesOn && last !== undefined && last.name.startsWith(name)) return last;
  const takenAtMs = Date.parse(name.replace(/^(.{13})(..)(..)Z.*$/, '$1:$2:$3Z'));
  for (let count = 1; ; count += 1) {
    const free = count === 1 ? name : `${name}-${count}`;
    if (!kept.some((one) => one.name === free)) return { name: free, takenAtMs };
  }
}

async function journalOf({ home, mark }: BucketFollowRequest): Promise<string> {
  const folder = join(home, 'restores');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${createHash('sha256').update(`standby ${mark.id}`).digest('hex')}.uploads`);
}

export function refuseOverlap(
  target: { readonly bucket: string; readonly prefix: string },
  source: { readonly bucket: string; readonly prefix: string },
  name: string,
): void {
  const overlaps = target.prefix.startsWith(source.prefix) || source.prefix.startsWith(target.prefix);
  if (target.bucket !== source.bucket || !overlaps) return;
  throw new HoldfastError(
    'TARGET_UNUSABLE',
    `s3://${target.bucket}/${target.prefix} is part of the source ${name}, or it of that.`,
  );
}
