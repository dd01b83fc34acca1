/** An image, or any file that is a disk as it is, out of a snapshot in the repository into AWS, as a new EBS snapshot there. */
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import type { ImageCheck, PlannedCall, RestoreImageResult } from '../../../../shared/contract/images.ts';
import { tagLimits } from '../../../../shared/model/aws.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { formatBytes } from '../../../../shared/model/units.ts';
import type { AwsClients } from '../../aws/clients.ts';
import { blockBytes, blocksPerGib, gibBytes } from '../../aws/ebs/blocks.ts';
import { longestSilenceMinutes, type NewSnapshot } from '../../aws/ebs/block-writes.ts';
import type { Repository } from '../../repository/repository.ts';
import { beginReadLock } from '../../repository/lock.ts';
import { ReadPool } from '../../repository/read-pool.ts';
import { listSnapshots, resolveReference, type StoredSnapshot } from '../../repository/snapshots.ts';
import { hashOfBlocks } from '../../sources/ec2/images/description.ts';
import { BlockMap } from './block-map.ts';
import { findImageFile, type ImageFile } from './image-file.ts';
import { findParent, unknownParent, type Parent } from './parent.ts';
import { callerAccount, preflight } from './preflight.ts';
import { runUpload } from './run-upload.ts';
import { findUpload, uploadKey, type UploadRecord } from './upload-journal.ts';

export type UploadRequest = {
  readonly repository: Repository;
  readonly home: string;
  readonly selection: string;
  readonly source: string | undefined;
  readonly clients: AwsClients;
  readonly region: string;
  /** The registered account that `clients` are of. */
  readonly account: string | null;
  readonly encrypted: boolean;
  readonly kmsKey: string | null;
  readonly description: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly onParent: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
};

/** All that is known before anything is asked to change. */
export type UploadPlan = {
  readonly request: UploadRequest;
  readonly stored: StoredSnapshot;
  readonly image: ImageFile;
  readonly map: BlockMap;
  readonly sizeGib: number;
  readonly accountId: string;
  readonly parent: Parent | null;
  readonly checks: readonly ImageCheck[];
  readonly wanted: Omit<NewSnapshot, 'clientToken'>;
  readonly key: string;
  readonly startedAtMs: number;
};

const largestGib = 65_536;
/** By which a snapshot that was begun is known again before it is removed. */
export const uploadTag = 'holdfast:upload';

export async function uploadImage(request: UploadRequest): Promise<RestoreImageResult> {
  const startedAtMs = Date.now();
  const lock = await beginReadLock(request.repository, request.onNotice);
  try {
    const signal = AbortSignal.any([request.signal, lock.signal]);
    const pool = await ReadPool.open(request.repository);
    try {
      await pool.endThreads();
      await lock.confirmed;
      const plan = await planUpload({ ...request, signal }, pool, startedAtMs);
      if (request.dryRun) return described(plan, { snapshot: null, put: 0, putBefore: 0, left: 0, verified: null });
      refuseLacking(plan.checks);
      return described(plan, await runUpload(plan, pool));
    } finally {
      await pool.close();
    }
  } finally {
    await lock.release();
  }
}

async function planUpload(request: UploadRequest, pool: ReadPool, startedAtMs: number): Promise<UploadPlan> {
  const { clients, region, signal, onNotice } = request;
  const { snapshots } = await listSnapshots(request.repository);
  const { snapshot: stored, path } = resolveReference(snapshots, request.selection, request.source);
  const image = await findImageFile(pool.reader, stored.file.tree, path);
  const map = await BlockMap.of(pool.index, image.parts);
  const sizeGib = Math.ceil(image.bytes / gibBytes);
  if (sizeGib > largestGib)
    throw new HoldfastError(
      'IMAGE_UNSUITABLE',
      `${image.path} is larger than any volume: ${formatBytes(image.bytes)}.`,
    );
  const padded = sizeGib * gibBytes - image.bytes;
  if (padded > 0)
    onNotice(
      `Volumes are whole GiB: ${formatBytes(padded)} of zeros follow the ${formatBytes(image.bytes)} of the image.`,
    );
  const accountId = await callerAccount(clients, region, signal);
  const checks = await preflight(clients, request, signal);
  const found = { image, stored, sizeGib, accountId };
  const key = keyOf(request, found);
  const begun = await findUpload(request.home, key);
  const parent = await parentOf(request, { ...found, snapshots, begun }, pool);
  const wanted = wantedOf(request, { ...found, parent, key });
  return { request, ...found, map, parent, checks, wanted, key, startedAtMs };
}

type Found = {
  readonly image: ImageFile;
  readonly stored: StoredSnapshot;
  readonly sizeGib: number;
  readonly accountId: string;
};

/** All that must be the same for an upload to be gone on with. */
function keyOf(
  { description, tags, encrypted, kmsKey, onParent, region, clients }: UploadRequest,
  found: Found,
): string {
  const { image, stored, accountId } = found;
  const blocks = hashOfBlocks(image.parts.map(({ ids }) => ids));
  const asked = { description, tags, encrypted, kmsKey, onParent, region, endpoint: clients.endpoint };
  return uploadKey({ ...asked, accountId, snapshot: stored.id, path: image.path, blocks });
}

/** None where it was asked to be encrypted: with a parent, it is as the parent is. */
async function parentOf(
  { clients, region, onParent, encrypted, kmsKey, signal }: UploadRequest,
  found: Found & { readonly snapshots: readonly StoredSnapshot[]; readonly begun: UploadRecord | null },
  pool: ReadPool,
): Promise<Parent | null> {
  const { image, stored, snapshots, accountId: account, begun } = found;
  const only = begun?.parent ?? null;
  if (begun !== null && only === null) return null;
  if (!onParent || encrypted || kmsKey !== null || image.description === null) return null;
  const earlier = snapshots.filter(({ source }) => source === stored.source);
  const query = { region, account, image: image.description, earlier, only };
  const parent = await findParent(clients, query, pool.reader, signal);
  return parent ?? (only === null ? null : unknownParent(only));
}

function wantedOf(
  { tags, description, encrypted, kmsKey }: UploadRequest,
  found: Found & { readonly parent: Parent | null; readonly key: string },
): UploadPlan['wanted'] {
  const { image, stored, sizeGib, parent, key } = found;
  const of = image.description;
  const taken = of?.startedAt ?? new Date(stored.takenAtMs).toISOString();
  const own = {
    [uploadTag]: key,
    // Whoever may restore may remove what carries it.
    'holdfast:restore': key,
    'holdfast:image': stored.id.slice(0, 16),
    'holdfast:image-path': image.path.slice(-tagLimits.value),
    ...(of === null ? {} : { 'holdfast:image-of': of.volume }),
  };
  const name = `${of?.volume ?? image.path} ${taken}`.slice(0, tagLimits.value);
  return {
    sizeGib,
    parent: parent?.id ?? null,
    description: (description ?? `${of?.volume ?? image.path} as of ${taken}, from backup`).slice(0, 255),
    tags: { Name: name, ...tags, ...own },
    encrypted: encrypted || kmsKey !== null ? true : null,
    kmsKey,
  };
}

function refuseLacking(checks: readonly ImageCheck[]): void {
  const lacking = checks.filter(({ state }) => state === 'refused').map(({ what }) => what);
  if (lacking.length === 0) return;
  throw new HoldfastError('AWS_FORBIDDEN', `The identity may not: ${lacking.join(', ')}. Nothing was begun.`);
}

export type UploadOutcome = Pick<RestoreImageResult, 'snapshot' | 'verified'> & RestoreImageResult['blocks'];

function described(plan: UploadPlan, { snapshot, verified, ...blocks }: UploadOutcome): RestoreImageResult {
  const { request, stored, image, sizeGib, accountId, parent, checks, startedAtMs } = plan;
  return {
    dryRun: request.dryRun,
    snapshot,
    account: accountId,
    region: request.region,
    from: { snapshot: stored.id, path: image.path },
    bytes: image.bytes,
    sizeGib,
    paddedBytes: sizeGib * gibBytes - image.bytes,
    parent: parent?.id ?? null,
    blocks,
    verified,
    checks: [...checks],
    calls: [...callsOf(plan)],
    durationMs: Date.now() - startedAtMs,
  };
}

/** Exactly what is asked of AWS, in its order. */
function callsOf({ wanted, sizeGib }: UploadPlan): readonly PlannedCall[] {
  const { parent, description, tags, encrypted, kmsKey } = wanted;
  const start = {
    VolumeSize: sizeGib,
    ...(parent === null ? {} : { ParentSnapshotId: parent }),
    Description: description,
    Tags: tags,
    Timeout: longestSilenceMinutes,
    ...(encrypted === null ? {} : { Encrypted: encrypted }),
    ...(kmsKey === null ? {} : { KmsKeyArn: kmsKey }),
  };
  const most = sizeGib * blocksPerGib;
  return [
    { operation: 'ebs:StartSnapshot', times: 1, parameters: start },
    {
      operation: 'ebs:PutSnapshotBlock',
      times: null,
      parameters: { DataLength: blockBytes, ChecksumAlgorithm: 'SHA256', AtMost: most },
    },
    {
      operation: 'ebs:CompleteSnapshot',
      times: 1,
      parameters: { ChecksumAlgorithm: 'SHA256', ChecksumAggregationMethod: 'LINEAR' },
    },
    { operation: 'ec2:DescribeSnapshots', times: null, parameters: { Until: 'completed' } },
    { operation: 'ebs:ListSnapshotBlocks', times: null, parameters: {} },
    { operation: 'ebs:GetSnapshotBlock', times: null, parameters: {} },
  ];
}
