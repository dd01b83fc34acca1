/** Roots of running instances that are replaced: addresses and rights stay, the old root is kept unless it is to go. */
import { type XmlTree } from '../protocol/xml.ts';
import {
  demandOwn,
  demandSnapshot,
  givenTags,
  iso,
  remember,
  repeated,
  type Ec2Actions,
  type Ec2Call,
} from './call.ts';
import { describe, own, withTags } from './describe.ts';
import { instanceState, newId, type Instance, type RootTask, type Volume } from './records.ts';
import { incorrectState, refused } from './refusals.ts';
import { newVolume, volumesOf } from './volumes.ts';

export const rootVolumeActions: Ec2Actions = {
  CreateReplaceRootVolumeTask: create,
  DescribeReplaceRootVolumeTasks: describeTasks,
};

function create(call: Ec2Call): XmlTree {
  const { form, here, world, caller, now } = call;
  const [before = ''] = repeated(call, 'CreateReplaceRootVolumeTask') ?? [];
  const made = here.rootTasks.get(before);
  if (made !== undefined) return { replaceRootVolumeTask: presented(made, now) };
  const instance = demandOwn(call, here.instances, 'InvalidInstanceID', form.demand('InstanceId'));
  const { name } = instanceState(instance, now);
  if (name !== 'running') throw incorrectState(`Instance '${instance.id}' is not 'running'. (is: ${name})`);
  const old = volumesOf(call, instance).find(({ attachment }) => attachment?.device === instance.rootDevice);
  if (old === undefined) throw incorrectState(`Instance '${instance.id}' has no root volume.`);
  const snapshotId = form.text('SnapshotId') ?? old.snapshotId;
  checkLineage(call, instance, old, snapshotId);
  const deletesOld = form.flag('DeleteReplacedRootVolume') ?? false;
  replace(call, old, snapshotId, deletesOld);
  const task: RootTask = {
    id: newId('replacevol'),
    owner: caller.account,
    createdMs: now,
    tags: givenTags(form, 'replace-root-volume-task'),
    instanceId: instance.id,
    snapshotId,
    completesMs: now + world.behaviour.instanceMs,
    deletesOld,
  };
  here.rootTasks.set(task.id, task);
  remember(call, 'CreateReplaceRootVolumeTask', [task.id]);
  return { replaceRootVolumeTask: presented(task, now) };
}

/** Only a snapshot of the root itself, or the one it was made of, will do. */
function checkLineage(call: Ec2Call, instance: Instance, old: Volume, snapshotId: string): void {
  const snapshot = demandSnapshot(call, snapshotId);
  if (snapshot.volumeId === old.id || snapshotId === old.snapshotId) return;
  const words = `The snapshot ${snapshotId} is not of the same lineage as the root volume of ${instance.id}.`;
  throw refused('InvalidParameterValue', words);
}

function replace(call: Ec2Call, old: Volume, snapshotId: string, deletesOld: boolean): void {
  const { zone, sizeGiB, type, encrypted, tags, attachment } = old;
  const fresh = newVolume(call, { zone, snapshotId, sizeGiB, type, encrypted, tags: new Map(tags) });
  fresh.attachment = attachment === null ? null : { ...attachment, attachedMs: call.now };
  old.attachment = null;
  if (!deletesOld) return;
  call.here.volumes.delete(old.id);
  old.disk.drop();
}

function describeTasks(call: Ec2Call): XmlTree {
  const { item, nextToken } = describe(call, {
    idName: 'ReplaceRootVolumeTaskId',
    prefix: 'replacevol',
    kind: 'InvalidReplaceRootVolumeTaskId',
    all: call.here.rootTasks,
    isVisible: own(call),
    facts: (one) => ({ 'instance-id': one.instanceId }),
    present: (one) => presented(one, call.now),
    smallestPage: 1,
  });
  return { replaceRootVolumeTaskSet: { item }, nextToken };
}

function presented(task: RootTask, now: number): XmlTree {
  const isDone = now >= task.completesMs;
  return {
    replaceRootVolumeTaskId: task.id,
    instanceId: task.instanceId,
    snapshotId: task.snapshotId,
    taskState: isDone ? 'succeeded' : 'in-progress',
    startTime: iso(task.createdMs),
    completeTime: isDone ? iso(task.completesMs) : null,
    deleteReplacedRootVolume: String(task.deletesOld),
    ...withTags(task),
  };
}
