/** Snapshots: taken of volumes and of whole instances, described, shared, removed, and got back from the Recycle Bin. */
import { type XmlTree } from '../protocol/xml.ts';
import {
  demandOwn,
  demandSnapshot,
  givenTags,
  isReadable,
  iso,
  tagSet,
  type Ec2Actions,
  type Ec2Call,
} from './call.ts';
import { describe } from './describe.ts';
import { newId, lockStateOf, progressOf, snapshotState, type Snapshot, type Tags, type Volume } from './records.ts';
import { incorrectState, missingParameter, notFound, refused } from './refusals.ts';

const pendingOfVolume = 5;
const mostExcluded = 40;

export const snapshotActions: Ec2Actions = {
  CreateSnapshot: create,
  CreateSnapshots: createMany,
  DescribeSnapshots: describeSnapshots,
  DeleteSnapshot: remove,
  ModifySnapshotAttribute: share,
  DescribeSnapshotAttribute: shares,
  ModifySnapshotTier: archive,
  ListSnapshotsInRecycleBin: recycled,
  RestoreSnapshotFromRecycleBin: restore,
};

function create(call: Ec2Call): XmlTree {
  const volume = demandOwn(call, call.here.volumes, 'InvalidVolume', call.form.demand('VolumeId'));
  return presented(take(call, volume, givenTags(call.form, 'snapshot')), call.now);
}

/** All volumes of an instance as they were at one moment. */
function createMany(call: Ec2Call): XmlTree {
  const { form, here } = call;
  const about = form.under('InstanceSpecification');
  const instance = demandOwn(call, here.instances, 'InvalidInstanceID', about.demand('InstanceId'));
  const excluded = about.texts('ExcludeDataVolumeId');
  if (excluded.length > mostExcluded) {
    throw refused('InvalidParameterValue', `At most ${mostExcluded} data volumes can be excluded`);
  }
  const attached = [...here.volumes.values()].filter(({ attachment }) => attachment?.instanceId === instance.id);
  const isBoot = (volume: Volume): boolean => volume.attachment?.device === instance.rootDevice;
  for (const id of excluded) {
    const volume = attached.find((one) => one.id === id);
    if (volume === undefined || isBoot(volume)) {
      throw refused('InvalidParameterValue', `${id} is not a data volume of ${instance.id}`);
    }
  }
  const withoutBoot = about.flag('ExcludeBootVolume') ?? false;
  const chosen = attached.filter((one) => !excluded.includes(one.id) && !(withoutBoot && isBoot(one)));
  if (chosen.length === 0) throw refused('InvalidParameterValue', 'There is no volume to take a snapshot of');
  for (const volume of chosen) checkPending(call, volume);
  const copies = form.text('CopyTagsFromSource') === 'volume';
  const given = givenTags(form, 'snapshot');
  const item = chosen.map((volume) => {
    const tags: Tags = new Map([...(copies ? volume.tags : []), ...given]);
    const { status, statusMessage, ...rest } = presented(take(call, volume, tags), call.now);
    return { ...rest, state: status, stateMessage: statusMessage };
  });
  return { snapshotSet: { item } };
}

function take(call: Ec2Call, volume: Volume, tags: Tags): Snapshot {
  checkPending(call, volume);
  const { id: volumeId, sizeGiB, encrypted, kmsKeyId } = volume;
  return addSnapshot(call, {
    volumeId,
    sizeGiB,
    encrypted,
    kmsKeyId,
    tags,
    description: call.form.text('Description') ?? '',
    disk: volume.disk.copy(),
  });
}

function checkPending({ here, now }: Ec2Call, { id }: Volume): void {
  const pending = [...here.snapshots.values()].filter(
    (one) => one.volumeId === id && snapshotState(one, now) === 'pending',
  );
  if (pending.length < pendingOfVolume) return;
  throw refused(
    'ConcurrentSnapshotLimitExceeded',
    'Maximum allowed in-progress snapshots for a single volume exceeded.',
  );
}

type NewSnapshot = Pick<Snapshot, 'volumeId' | 'sizeGiB' | 'encrypted' | 'kmsKeyId' | 'tags' | 'description' | 'disk'>;

export function addSnapshot(
  { world, here, caller, now }: Pick<Ec2Call, 'world' | 'here' | 'caller' | 'now'>,
  fresh: NewSnapshot,
  more: Partial<Pick<Snapshot, 'failure' | 'isCopy' | 'upload' | 'completesMs'>> = {},
): Snapshot {
  const snapshot: Snapshot = {
    id: newId('snap'),
    owner: caller.account,
    createdMs: now,
    completesMs: now + world.behaviour.snapshotMs,
    failure: null,
    isCopy: false,
    tier: 'standard',
    sharedWith: new Set(),
    lock: null,
    recycled: null,
    upload: null,
    ...fresh,
    ...more,
  };
  here.snapshots.set(snapshot.id, snapshot);
  return snapshot;
}

function describeSnapshots(call: Ec2Call): XmlTree {
  const { form, caller, here, now } = call;
  const owners = form.texts('Owner').map((owner) => (owner === 'self' ? caller.account : owner));
  const restorableBy = form.texts('RestorableBy').map((one) => (one === 'self' ? caller.account : one));
  const { item, nextToken } = describe(call, {
    idName: 'SnapshotId',
    prefix: 'snap',
    kind: 'InvalidSnapshot',
    all: new Map([...here.snapshots].filter(([, { recycled: bin }]) => bin === null)),
    isVisible: (one) =>
      isReadable(one, caller.account) &&
      (owners.length === 0 || owners.includes(one.owner)) &&
      (restorableBy.length === 0 || restorableBy.some((by) => isReadable(one, by))),
    facts: (one) => ({
      'snapshot-id': one.id,
      'owner-id': one.owner,
      'volume-id': one.volumeId,
      'volume-size': String(one.sizeGiB),
      'start-time': iso(one.createdMs),
      status: snapshotState(one, now),
      progress: `${progressOf(one, now)}%`,
      encrypted: String(one.encrypted),
      description: one.description,
      'storage-tier': one.tier,
    }),
    present: (one) => presented(one, now),
  });
  return { snapshotSet: { item }, nextToken };
}

export function presented(snapshot: Snapshot, now: number): Record<string, XmlTree[string]> {
  const status = snapshotState(snapshot, now);
  return {
    snapshotId: snapshot.id,
    volumeId: snapshot.volumeId,
    status,
    statusMessage: status === 'error' ? snapshot.failure?.message : null,
    startTime: iso(snapshot.createdMs),
    completionTime: status === 'completed' ? iso(snapshot.completesMs) : null,
    progress: `${progressOf(snapshot, now)}%`,
    ownerId: snapshot.owner,
    volumeSize: snapshot.sizeGiB,
    description: snapshot.description,
    encrypted: String(snapshot.encrypted),
    kmsKeyId: snapshot.kmsKeyId,
    storageTier: snapshot.tier,
    tagSet: tagSet(snapshot.tags),
  };
}

function remove(call: Ec2Call): XmlTree {
  const { world, here, form, now } = call;
  const snapshot = demandSnapshot(call, form.demand('SnapshotId'));
  const image = [...here.images.values()].find(({ mappings }) =>
    mappings.some((one) => one.snapshotId === snapshot.id),
  );
  if (image !== undefined) {
    throw refused('InvalidSnapshot.InUse', `The snapshot ${snapshot.id} is currently in use by ${image.id}`);
  }
  const locked = lockStateOf(snapshot, now);
  if (locked !== null && locked !== 'expired') {
    throw refused('SnapshotLocked', `The snapshot ${snapshot.id} is locked (${locked}) and cannot be deleted.`);
  }
  world.removeSnapshot(here, snapshot);
  return { return: 'true' };
}

function share(call: Ec2Call): XmlTree {
  const { form } = call;
  const snapshot = demandSnapshot(call, form.demand('SnapshotId'));
  const permission = form.under('CreateVolumePermission');
  const whom = (kind: string): string[] =>
    permission.list(kind).flatMap((one) => [one.text('UserId') ?? one.text('Group') ?? []].flat());
  const isRemoval = form.text('OperationType') === 'remove';
  const plain = [...form.texts('UserId'), ...form.texts('UserGroup')];
  const added = [...whom('Add'), ...(isRemoval ? [] : plain)];
  if (snapshot.encrypted && added.some((one) => one === 'all' || (snapshot.kmsKeyId ?? '').endsWith('alias/aws/ebs'))) {
    const words = 'Encrypted snapshots with EBS default key cannot be shared';
    throw refused('OperationNotPermitted', words);
  }
  for (const one of added) snapshot.sharedWith.add(one);
  for (const one of [...whom('Remove'), ...(isRemoval ? plain : [])]) snapshot.sharedWith.delete(one);
  return { return: 'true' };
}

function shares(call: Ec2Call): XmlTree {
  const snapshot = demandSnapshot(call, call.form.demand('SnapshotId'));
  const item = [...snapshot.sharedWith].map((one) => (one === 'all' ? { group: one } : { userId: one }));
  return { snapshotId: snapshot.id, createVolumePermission: { item } };
}

/** Archived ones have to be brought back before they can be used; here both take no time. */
function archive(call: Ec2Call): XmlTree {
  const snapshot = demandSnapshot(call, call.form.demand('SnapshotId'));
  if (call.form.text('StorageTier') !== 'archive') throw missingParameter('StorageTier');
  if (snapshotState(snapshot, call.now) !== 'completed')
    throw incorrectState(`Snapshot ${snapshot.id} is not completed`);
  snapshot.tier = 'archive';
  return { snapshotId: snapshot.id, tieringStartTime: iso(call.now) };
}

function recycled(call: Ec2Call): XmlTree {
  const wanted = call.form.texts('SnapshotId');
  const item = [...call.here.snapshots.values()]
    .filter((one) => one.owner === call.caller.account && (wanted.length === 0 || wanted.includes(one.id)))
    .flatMap((one) => (one.recycled === null ? [] : [{ one, bin: one.recycled }]))
    .map(({ one, bin }) => ({
      snapshotId: one.id,
      recycleBinEnterTime: iso(bin.enteredMs),
      recycleBinExitTime: iso(bin.leavesMs),
      description: one.description,
      volumeId: one.volumeId,
    }));
  return { snapshotSet: { item } };
}

function restore(call: Ec2Call): XmlTree {
  const snapshot = demandOwn(call, call.here.snapshots, 'InvalidSnapshot', call.form.demand('SnapshotId'));
  if (snapshot.recycled === null) throw notFound('InvalidSnapshot', snapshot.id);
  snapshot.recycled = null;
  return { ...presented(snapshot, call.now), return: 'true' };
}

/** Throws for one that a volume or a copy cannot be made of now. */
export function checkUsable(snapshot: Snapshot, now: number): void {
  const state = snapshotState(snapshot, now);
  if (state !== 'completed') throw incorrectState(`Snapshot is in invalid state - ${state}`);
  if (snapshot.tier === 'archive') throw incorrectState(`Snapshot ${snapshot.id} is archived; restore it first.`);
}
