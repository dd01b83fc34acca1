/** Rehearses objects of a bucket: below a prefix of the drill's own in a scratch bucket, else in the drill's folder. */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Issue } from '../../../../shared/contract/common.ts';
import type { DrillCheck } from '../../../../shared/contract/drills.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import type { AwsAccess } from '../../aws/access.ts';
import { rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';
import type { ReadPool } from '../../repository/read-pool.ts';
import { findNode } from '../../repository/tree-lookup.ts';
import { readBucketFile } from '../../sources/s3-bucket/bucket-file.ts';
import { storedObjects } from '../../sources/s3-bucket/stored-objects.ts';
import { giveToBucket } from '../s3/give-to-bucket.ts';
import { giveToFolder } from '../s3/give-to-folder.ts';
import { asRestored, chooseStep, leftBy, type Chosen, type Rehearsal, type RehearsalRequest } from './rehearsal.ts';

/** `prefix` is of this drill alone. */
export type ScratchBucket = { readonly access: AwsAccess; readonly bucket: string; readonly prefix: string };

type Request = RehearsalRequest & { readonly bucket: ScratchBucket | null };

export async function rehearseObjects(request: Request): Promise<Rehearsal> {
  const { step, bucket } = request;
  const { tree } = request.snapshot.file;
  const chosen = await chooseStep(request, 'Choose the objects', (pool) => keysIn(pool, tree));
  const startedAt = performance.now();
  const where = bucket === null ? 'the folder of the drill' : `s3://${bucket.bucket}/${bucket.prefix}`;
  const { objects, bytes, verified, issues } = await step(
    'restore',
    `Write them to ${where}, and compare`,
    async () => {
      const result = await (bucket === null ? toFolder(request, chosen) : toBucket(request, bucket, chosen));
      return { result, detail: `${formatCount(result.objects)} objects, ${formatBytes(result.bytes)}` };
    },
  );
  const restoreMs = performance.now() - startedAt;
  const good = `${formatCount(verified)} objects, each as the snapshot has it`;
  const checks = [asRestored(issues, good), allThere(objects, chosen)];
  return {
    chosen: { ...chosen, bytes },
    restoreMs,
    checks,
    issues,
    left: leftBy(issues),
  };
}

function allThere(objects: number, { count }: Chosen): DrillCheck {
  const title = 'Every object that was chosen came back';
  const detail = `${formatCount(objects)} of ${formatCount(count)}`;
  return { id: 'count', title, result: objects === count ? 'good' : 'bad', detail };
}

/** The keys of a snapshot of a bucket, with how large each is. DRILL_IMPOSSIBLE where it is of none. */
export async function* keysIn({ reader }: ReadPool, tree: string): AsyncGenerator<{ name: RawPath; bytes: number }> {
  const facts = await readBucketFile(reader, tree);
  if (facts === null) throw new HoldfastError('DRILL_IMPOSSIBLE', 'The snapshot is of no bucket.');
  const node = await findNode(reader, tree, `/${facts.bucket}`, facts.bucket);
  const present = storedObjects(reader, node?.subtree ?? '', '', () => undefined);
  for await (const { key, node: object } of present) yield { name: key, bytes: object.size };
}

type Brought = { objects: number; bytes: number; verified: number; issues: readonly Issue[] };

function optionsOf({ snapshot }: Request, { items, isWhole }: Chosen) {
  const only = isWhole ? {} : { only: items.map(({ name }) => name) };
  return { tree: snapshot.file.tree, from: '', ...only, overwrite: 'never' as const, dryRun: false, verify: true };
}

function toBucket(request: Request, { access, bucket, prefix }: ScratchBucket, chosen: Chosen): Promise<Brought> {
  const { repository, scratch, voice } = request;
  const journal = join(scratch.home, 'uploads');
  const options = { ...optionsOf(request, chosen), versions: 'newest' as const, bucket, prefix, journal };
  return giveToBucket({ ...voice, repository, access, options });
}

function toFolder(request: Request, chosen: Chosen): Promise<Brought> {
  const { repository, scratch, voice } = request;
  const options = { ...optionsOf(request, chosen), folder: rawFromUtf8(scratch.data) };
  return giveToFolder({ ...voice, repository, options });
}
