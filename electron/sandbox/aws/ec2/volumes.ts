/** Volumes: made of snapshots or empty, attached, detached, removed. */
import { type XmlTree } from '../protocol/xml.ts';
import { Disk } from '../disk.ts';
import {
  demandOwn,
  demandReadableSnapshot,
  givenTags,
  iso,
  keyFor,
  remember,
  repeated,
  type Ec2Actions,
  type Ec2Call,
} from './call.ts';
import { describe, own, withTags } from './describe.ts';
import { instanceState, newId, volumeState, type Attachment, type Instance, type Volume } from './records.ts';
import { incorrectState, missingParameter, refused } from './refusals.ts';
import { checkUsable } from './snapshots.ts';

const largestGiB = 65_536;

export const volumeActions: Ec2Actions = {
  CreateVolume: create,
  DescribeVolumes: describeVolumes,
  DeleteVolume: remove,
  AttachVolume: attach,
  DetachVolume: detach,
};

export const demandVolume = (call: Ec2Call, id: string): Volume =>
  demandOwn(call, call.here.volumes, 'InvalidVolume', id);

function create(call: Ec2Call): XmlTree {
  const { form, here, now } = call;
  const zone = form.demand('AvailabilityZone');
  if (!here.zones.includes(zone)) {
    throw refused('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
  }
  const [before] = repeated(call, 'CreateVolume') ?? [];
  const made = here.volumes.get(before ?? '');
  if (made !== undefined) return presentedVolume(made, now);
  const volume = newVolume(call, {
    zone,
    snapshotId: form.text('SnapshotId'),
    sizeGiB: form.number('Size'),
    type: form.text('VolumeType'),
    iops: form.number('Iops'),
    throughput: form.number('Throughput'),
    encrypted: form.flag('Encrypted'),
    kmsKeyId: form.text('KmsKeyId'),
    tags: givenTags(form, 'volume'),
  });
  remember(call, 'CreateVolume', [volume.id]);
  return presentedVolume(volume, now);
}

export type Wanted = {
  readonly zone: string;
  readonly snapshotId: string | undefined;
  readonly sizeGiB: number | undefined;
  readonly type?: string | undefined;
  readonly iops?: number | undefined;
  readonly throughput?: number | undefined;
  readonly encrypted?: boolean | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly tags: Volume['tags'];
};

export function newVolume(call: Ec2Call, wanted: Wanted): Volume {
  const { world, here, now, caller } = call;
  const { snapshotId, sizeGiB: asked, type = 'gp2', kmsKeyId } = wanted;
  const snapshot = snapshotId === undefined ? null : demandReadableSnapshot(call, here, snapshotId);
  if (snapshot !== null) checkUsable(snapshot, now);
  const sizeGiB = asked ?? snapshot?.sizeGiB;
  if (sizeGiB === undefined) throw missingParameter('size/snapshot');
  if (snapshot !== null && sizeGiB < snapshot.sizeGiB) {
    const words = `Volume of size ${sizeGiB}GB is smaller than snapshot '${snapshot.id}', expect size>= ${snapshot.sizeGiB}GB`;
    throw refused('InvalidParameterValue', words);
  }
  if (sizeGiB < 1 || sizeGiB > largestGiB) {
    throw refused('InvalidParameterValue', `Volume of ${sizeGiB}GiB is too small or too large for volume type ${type}`);
  }
  const encrypted = (snapshot?.encrypted ?? false) || (wanted.encrypted ?? false) || kmsKeyId !== undefined;
  const key = encrypted ? keyFor(call, kmsKeyId ?? snapshot?.kmsKeyId ?? undefined) : null;
  const isOwnKey = key !== null && key.arn.endsWith('alias/aws/ebs');
  const volume: Volume = {
    id: newId('vol'),
    owner: caller.account,
    createdMs: now,
    tags: wanted.tags,
    zone: wanted.zone,
    sizeGiB,
    type,
    iops: wanted.iops ?? (type === 'gp3' ? 3000 : null),
    throughput: wanted.throughput ?? (type === 'gp3' ? 125 : null),
    snapshotId: snapshotId ?? '',
    encrypted,
    kmsKeyId: key?.arn ?? null,
    readyMs: now + world.behaviour.volumeMs,
    isBroken: key !== null && !key.isUsable && !isOwnKey,
    disk: snapshot === null ? new Disk() : snapshot.disk.copy(),
    attachment: null,
  };
  here.volumes.set(volume.id, volume);
  return volume;
}

function describeVolumes(call: Ec2Call): XmlTree {
  const { here, now } = call;
  const { item, nextToken } = describe(call, {
    idName: 'VolumeId',
    prefix: 'vol',
    kind: 'InvalidVolume',
    all: here.volumes,
    isVisible: own(call),
    facts: (one) => ({
      'volume-id': one.id,
      'availability-zone': one.zone,
      size: String(one.sizeGiB),
      status: volumeState(one, now),
      'snapshot-id': one.snapshotId,
      'volume-type': one.type,
      encrypted: String(one.encrypted),
      'create-time': iso(one.createdMs),
      'attachment.instance-id': one.attachment?.instanceId,
      'attachment.device': one.attachment?.device,
      'attachment.status': one.attachment === null ? undefined : 'attached',
      'attachment.delete-on-termination': String(one.attachment?.deleteOnTermination ?? false),
    }),
    present: (one) => presentedVolume(one, now),
  });
  return { volumeSet: { item }, nextToken };
}

function presentedVolume(volume: Volume, now: number): XmlTree {
  return {
    volumeId: volume.id,
    size: volume.sizeGiB,
    snapshotId: volume.snapshotId,
    availabilityZone: volume.zone,
    status: volumeState(volume, now),
    createTime: iso(volume.createdMs),
    volumeType: volume.type,
    iops: volume.iops,
    throughput: volume.throughput,
    encrypted: String(volume.encrypted),
    kmsKeyId: volume.kmsKeyId,
    multiAttachEnabled: 'false',
    attachmentSet: { item: volume.attachment === null ? [] : [presentedAttachment(volume, volume.attachment)] },
    ...withTags(volume),
  };
}

function presentedAttachment({ id }: Volume, attachment: Attachment, status = 'attached'): XmlTree {
  return {
    volumeId: id,
    instanceId: attachment.instanceId,
    device: attachment.device,
    status,
    attachTime: iso(attachment.attachedMs),
    deleteOnTermination: String(attachment.deleteOnTermination),
  };
}

function remove(call: Ec2Call): XmlTree {
  const volume = demandVolume(call, call.form.demand('VolumeId'));
  if (volume.attachment !== null) {
    throw refused('VolumeInUse', `Volume ${volume.id} is currently attached to ${volume.attachment.instanceId}`);
  }
  call.here.volumes.delete(volume.id);
  volume.disk.drop();
  return { return: 'true' };
}

function attach(call: Ec2Call): XmlTree {
  const { form, here, now } = call;
  const volume = demandVolume(call, form.demand('VolumeId'));
  const instance = demandOwn(call, here.instances, 'InvalidInstanceID', form.demand('InstanceId'));
  const device = form.demand('Device');
  if (volume.attachment !== null) {
    throw refused('VolumeInUse', `${volume.id} is already attached to an instance`);
  }
  const state = volumeState(volume, now);
  if (state !== 'available') throw incorrectState(`${volume.id} is not 'available'. (is: ${state})`);
  const { name } = instanceState(instance, now);
  if (name !== 'running' && name !== 'stopped') {
    throw incorrectState(`Instance '${instance.id}' is not 'running'. (is: ${name})`);
  }
  if (volume.zone !== instance.zone) {
    const words = `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`;
    throw refused('InvalidVolume.ZoneMismatch', words);
  }
  if (volumesOf(call, instance).some((one) => one.attachment?.device === device)) {
    throw refused(
      'InvalidParameterValue',
      `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
    );
  }
  const attachment = { instanceId: instance.id, device, attachedMs: now, deleteOnTermination: false };
  volume.attachment = attachment;
  return presentedAttachment(volume, attachment, 'attaching');
}

function detach(call: Ec2Call): XmlTree {
  const { form, here, now } = call;
  const volume = demandVolume(call, form.demand('VolumeId'));
  const { attachment } = volume;
  const named = form.text('InstanceId');
  if (attachment === null) throw incorrectState(`Volume '${volume.id}' is in the 'available' state.`);
  if (named !== undefined && named !== attachment.instanceId) {
    throw refused('InvalidAttachment.NotFound', `${volume.id} is not attached to ${named}`);
  }
  const instance = here.instances.get(attachment.instanceId);
  const isRoot = instance?.rootDevice === attachment.device;
  if (instance !== undefined && isRoot && instanceState(instance, now).name !== 'stopped') {
    throw refused(
      'OperationNotPermitted',
      `Unable to detach root volume '${volume.id}' from instance '${instance.id}'`,
    );
  }
  volume.attachment = null;
  return presentedAttachment(volume, attachment, 'detaching');
}

export function volumesOf({ here }: Ec2Call, { id }: Instance): Volume[] {
  return [...here.volumes.values()].filter(({ attachment }) => attachment?.instanceId === id);
}
