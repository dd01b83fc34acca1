/** Snapshots that are written block by block: begun, filled, completed, or given up when nothing comes any more. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { blockBytes, Disk } from '../disk.ts';
import { type Snapshot, type Upload } from '../ec2/records.ts';
import { addSnapshot } from '../ec2/snapshots.ts';
import { permits } from '../identity/policies.ts';
import { Refusal, type Answer } from '../service.ts';
import { demandCompleted, json, type EbsCall } from './call.ts';
import { invalid, noSuchSnapshot } from './refusals.ts';

const blocksPerGiB = 2048;
const minuteMs = 60_000;

const wishSchema = z.object({
  VolumeSize: z.number().int().min(1).max(65_536),
  ParentSnapshotId: z.string().optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string().default('') })).default([]),
  Description: z.string().default(''),
  ClientToken: z.string().optional(),
  Encrypted: z.boolean().optional(),
  KmsKeyArn: z.string().optional(),
  Timeout: z.number().int().min(10).max(4320).default(60),
});
type Wish = z.output<typeof wishSchema>;

export function start(call: EbsCall): Answer {
  const wish = wishOf(call);
  const token = `${call.caller.account} StartSnapshot ${wish.ClientToken ?? ''}`;
  const asked = JSON.stringify(wish);
  const before = wish.ClientToken === undefined ? undefined : call.here.tokens.get(token);
  if (before !== undefined && before.asked !== asked) {
    throw new Refusal(409, 'ConflictException', 'The client token was used with other parameters.');
  }
  const known = call.here.snapshots.get(before?.ids[0] ?? '');
  if (known !== undefined) return presented(known);
  const made = begin(call, wish);
  if (wish.ClientToken !== undefined) call.here.tokens.set(token, { asked, ids: [made.id] });
  return presented(made);
}

function wishOf({ body }: EbsCall): Wish {
  try {
    return wishSchema.parse(JSON.parse(body.toString('utf8')));
  } catch {
    throw invalid('INVALID_PARAMETER_VALUE', 'The request is not valid.');
  }
}

function begin(call: EbsCall, wish: Wish): Snapshot {
  checkTags(call, wish.Tags.length);
  const parent = wish.ParentSnapshotId === undefined ? null : demandCompleted(call, wish.ParentSnapshotId);
  if (parent !== null && (wish.Encrypted !== undefined || wish.KmsKeyArn !== undefined)) {
    throw invalid('INVALID_PARAMETER_VALUE', 'With a parent, neither Encrypted nor KmsKeyArn can be given.');
  }
  if (parent !== null && wish.VolumeSize < parent.sizeGiB) {
    throw invalid('INVALID_VOLUME_SIZE', 'The volume is smaller than that of the parent.');
  }
  const timeoutMs = wish.Timeout * minuteMs;
  const upload: Upload = { parentId: parent?.id ?? null, timeoutMs, written: new Set(), isOpen: true };
  const fresh = {
    volumeId: 'vol-ffffffff',
    sizeGiB: wish.VolumeSize,
    encrypted: parent?.encrypted ?? wish.Encrypted ?? false,
    kmsKeyId: parent?.kmsKeyId ?? wish.KmsKeyArn ?? null,
    tags: new Map(wish.Tags.map(({ Key, Value }) => [Key, Value] as const)),
    description: wish.Description,
    disk: parent?.disk.copy() ?? new Disk(),
  };
  const failure = timeoutOf(call, upload);
  return addSnapshot(call, fresh, { upload, failure, completesMs: Number.POSITIVE_INFINITY });
}

/** Who names tags for what is made needs the right to tag as well. */
function checkTags({ caller, region }: EbsCall, count: number): void {
  const resource = `arn:aws:ec2:${region}::snapshot/new`;
  const keys = { 'aws:RequestedRegion': region, 'ec2:CreateAction': 'StartSnapshot' };
  if (count === 0 || permits(caller.policy, { action: 'ec2:CreateTags', resource, keys })) return;
  const words = `User: ${caller.arn} is not authorized to perform: ec2:CreateTags`;
  throw new Refusal(403, 'AccessDeniedException', words, { fields: { Reason: 'UNAUTHORIZED_ACCOUNT' } });
}

function presented(snapshot: Snapshot): Answer {
  return json(201, {
    SnapshotId: snapshot.id,
    OwnerId: snapshot.owner,
    Status: 'pending',
    StartTime: snapshot.createdMs / 1000,
    VolumeSize: snapshot.sizeGiB,
    BlockSize: blockBytes,
    Description: snapshot.description,
    Tags: [...snapshot.tags].map(([Key, Value]) => ({ Key, Value })),
    ParentSnapshotId: snapshot.upload?.parentId ?? undefined,
    KmsKeyArn: snapshot.kmsKeyId ?? undefined,
  });
}

function timeoutOf({ now }: EbsCall, { timeoutMs }: Upload): Snapshot['failure'] {
  return { atMs: now + timeoutMs, message: 'The snapshot timed out before it was completed.' };
}

/** Of the caller's own, one that takes blocks still. */
function demandOpen(call: EbsCall): { readonly snapshot: Snapshot; readonly upload: Upload } {
  const { here, caller, snapshotId, now } = call;
  const snapshot = here.snapshots.get(snapshotId);
  if (snapshot === undefined || snapshot.owner !== caller.account) throw noSuchSnapshot(snapshotId);
  const { upload, failure } = snapshot;
  const isOver = failure !== null && now >= failure.atMs;
  if (upload === null || !upload.isOpen || isOver) {
    throw invalid('INVALID_SNAPSHOT_ID', `The snapshot ${snapshotId} takes no blocks.`);
  }
  return { snapshot, upload };
}

export async function putBlock(call: EbsCall): Promise<Answer> {
  const { snapshot, upload } = demandOpen(call);
  const { blockIndex, body, headers, world } = call;
  if (blockIndex >= snapshot.sizeGiB * blocksPerGiB) {
    throw invalid('INVALID_BLOCK', `The block ${blockIndex} is beyond the end of the volume.`);
  }
  if (body.length !== blockBytes || headers['x-amz-data-length'] !== String(blockBytes)) {
    throw invalid('INVALID_BLOCK', `A block has ${blockBytes} bytes.`);
  }
  const sha256 = createHash('sha256').update(body).digest('base64');
  if (headers['x-amz-checksum-algorithm'] !== 'SHA256' || headers['x-amz-checksum'] !== sha256) {
    throw invalid('INVALID_BLOCK', 'The checksum does not match the data.');
  }
  await snapshot.disk.write(world.contents, blockIndex, body);
  upload.written.add(blockIndex);
  snapshot.failure = timeoutOf(call, upload);
  return { status: 201, headers: { 'x-amz-checksum': sha256, 'x-amz-checksum-algorithm': 'SHA256' } };
}

export function complete(call: EbsCall): Answer {
  const { snapshot, upload } = demandOpen(call);
  const { headers, now, world } = call;
  const { written } = upload;
  if (headers['x-amz-changedblockscount'] !== String(written.size)) {
    throw invalid('INVALID_PARAMETER_VALUE', `${written.size} blocks were written.`);
  }
  const promised = headers['x-amz-checksum'];
  if (promised !== undefined && promised !== checksumOfAll(snapshot, written)) {
    throw invalid('INVALID_PARAMETER_VALUE', 'The checksum does not match the blocks that were written.');
  }
  upload.isOpen = false;
  snapshot.failure = null;
  snapshot.completesMs = now + world.behaviour.snapshotMs;
  return json(202, { Status: 'pending' });
}

/** LINEAR: of the checksums of the blocks that were written, in the order of their places. */
function checksumOfAll({ disk }: Snapshot, written: ReadonlySet<number>): string {
  const hash = createHash('sha256');
  for (const index of [...written].sort((a, b) => a - b)) {
    hash.update(Buffer.from(disk.block(index)?.sha256 ?? '', 'base64'));
  }
  return hash.digest('base64');
}
