/** Instances as they are launched, stopped, started and ended. How they are shown stands in `instance-views.ts`. */
import { type XmlTree } from '../protocol/xml.ts';
import { demandOwn, givenTags, remember, repeated, type Ec2Actions, type Ec2Call } from './call.ts';
import { demandImage, overridden } from './images.ts';
import { describeAttribute, describeInstances, presentedReservation } from './instance-views.ts';
import { type Form } from './form.ts';
import { coresOf, isKnownType } from './instance-types.ts';
import {
  instanceState,
  newId,
  type Image,
  type ImageMapping,
  type Instance,
  type InstanceGoal,
  type Subnet,
} from './records.ts';
import { standardFamilies } from '../quotas.ts';
import { invalidParameter, refused } from './refusals.ts';
import { optionsIn } from './instance-options.ts';
import { freeAddress } from './private-addresses.ts';
import { newInterface, releaseInterfaces } from './interfaces.ts';
import { newVolume, volumesOf } from './volumes.ts';

export const instanceActions: Ec2Actions = {
  RunInstances: run,
  DescribeInstances: describeInstances,
  DescribeInstanceAttribute: describeAttribute,
  StopInstances: (call) => move(call, 'stopped'),
  StartInstances: (call) => move(call, 'running'),
  TerminateInstances: (call) => move(call, 'terminated'),
};

/** The same token with the same words gives the same instances, however often it is asked. */
function run(call: Ec2Call): XmlTree {
  const { form, here } = call;
  const before = repeated(call, 'RunInstances');
  if (before !== null) {
    const made = before.flatMap((id) => here.instances.get(id) ?? []);
    return presentedReservation(call, made);
  }
  const plan = planOf(call);
  const count = form.number('MaxCount') ?? 1;
  if (count < 1 || (form.number('MinCount') ?? 1) > count) throw invalidParameter('maxCount', String(count));
  checkLimit(call, plan.type, count);
  const made = Array.from({ length: count }, () => launch(call, plan));
  remember(
    call,
    'RunInstances',
    made.map(({ id }) => id),
  );
  return presentedReservation(call, made);
}

function checkLimit({ here, world, caller, now }: Ec2Call, type: string, count: number): void {
  const limit = world.quotas.get(here.name, standardFamilies);
  const running = [...here.instances.values()].filter(
    (one) => one.owner === caller.account && ['pending', 'running'].includes(instanceState(one, now).name),
  );
  const used = running.reduce((sum, one) => sum + coresOf(one.type), 0);
  if (used + count * coresOf(type) <= limit) return;
  const words = `You have requested more vCPU capacity than your current vCPU limit of ${limit} allows for the instance bucket that the specified instance type belongs to.`;
  throw refused('VcpuLimitExceeded', words);
}

type Plan = {
  readonly image: Image;
  readonly subnet: Subnet;
  readonly type: string;
  readonly groupIds: readonly string[];
  readonly keyName: string | null;
  readonly reservationId: string;
  readonly mappings: readonly ImageMapping[];
};

/** Throws for whatever is named and not there. */
function planOf(call: Ec2Call): Plan {
  const { form, here, caller } = call;
  const image = demandImage(call, form.demand('ImageId'));
  const type = form.text('InstanceType') ?? 'm1.small';
  if (!isKnownType(type)) throw invalidParameter('instanceType', type);
  const [nic] = form.list('NetworkInterface');
  const subnetId = form.text('SubnetId') ?? nic?.text('SubnetId');
  const subnet =
    subnetId === undefined ? defaultSubnet(call) : demandOwn(call, here.subnets, 'InvalidSubnetID', subnetId);
  const named = [...form.texts('SecurityGroupId'), ...(nic?.texts('SecurityGroupId') ?? [])];
  for (const id of named) {
    const group = demandOwn(call, here.groups, 'InvalidGroup', id);
    if (group.vpcId !== subnet.vpcId) {
      throw refused('InvalidParameter', `Security group ${id} and subnet ${subnet.id} belong to different networks.`);
    }
  }
  const usual = [...here.groups.values()].find(({ vpcId, name }) => vpcId === subnet.vpcId && name === 'default');
  const keyName = form.text('KeyName') ?? null;
  const isKey = [...here.keyPairs.values()].some((one) => one.owner === caller.account && one.name === keyName);
  if (keyName !== null && !isKey) {
    throw refused('InvalidKeyPair.NotFound', `The key pair '${keyName}' does not exist`);
  }
  return {
    image,
    subnet,
    type,
    groupIds: named.length > 0 ? named : [usual?.id ?? ''],
    keyName,
    reservationId: newId('r'),
    mappings: mappingsFor(image, form.list('BlockDeviceMapping')),
  };
}

/** What an instance boots from stands in its image alone. */
function mappingsFor(image: Image, given: readonly Form[]): readonly ImageMapping[] {
  const root = given.find((one) => one.text('DeviceName') === image.rootDevice);
  const own = image.mappings.find(({ device }) => device === image.rootDevice)?.snapshotId;
  const named = root?.under('Ebs').text('SnapshotId');
  if (named !== undefined && named !== own) {
    throw refused('InvalidBlockDeviceMapping', 'snapshotId cannot be modified on root device');
  }
  return overridden(image.mappings, given);
}

function defaultSubnet({ here, caller, form }: Ec2Call): Subnet {
  const zone = form.under('Placement').text('AvailabilityZone');
  const own = [...here.subnets.values()].filter(
    ({ owner, vpcId }) => owner === caller.account && here.vpcs.get(vpcId)?.isDefault,
  );
  const subnet = own.find((one) => zone === undefined || one.zone === zone);
  if (subnet === undefined)
    throw refused('MissingInput', 'No subnets found for the default VPC. Please specify a subnet.');
  return subnet;
}

function launch(call: Ec2Call, plan: Plan): Instance {
  const { form, here, world, caller, now } = call;
  const { subnet, image } = plan;
  const wantedIp = form.text('PrivateIpAddress') ?? form.list('NetworkInterface')[0]?.text('PrivateIpAddress');
  const instance: Instance = {
    id: newId('i'),
    owner: caller.account,
    createdMs: now,
    tags: givenTags(form, 'instance'),
    imageId: image.id,
    reservationId: plan.reservationId,
    type: plan.type,
    zone: subnet.zone,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    groupIds: plan.groupIds,
    privateIp: freeAddress(call, subnet, wantedIp),
    keyName: plan.keyName,
    profileArn: profileOf(call),
    userData: form.text('UserData') ?? null,
    rootDevice: image.rootDevice,
    clientToken: form.text('ClientToken') ?? '',
    isProtected: form.flag('DisableApiTermination') ?? false,
    options: optionsIn(form),
    goal: 'running',
    changedMs: now,
    reachedMs: now + world.behaviour.instanceMs,
  };
  here.instances.set(instance.id, instance);
  addInterface(call, instance, subnet);
  for (const mapping of plan.mappings) addVolume(call, instance, mapping);
  return instance;
}

function addInterface(call: Ec2Call, instance: Instance, subnet: Subnet): void {
  const { id, groupIds, privateIp } = instance;
  const tags = givenTags(call.form, 'network-interface');
  const nic = newInterface(call, subnet, { privateIp, groupIds, description: '', tags });
  nic.attachment = { id: newId('eni-attach'), instanceId: id, deviceIndex: 0, deleteOnTermination: true };
}

function addVolume(call: Ec2Call, instance: Instance, mapping: ImageMapping): void {
  const { snapshotId, sizeGiB, type, device, deleteOnTermination, encrypted } = mapping;
  const volume = newVolume(call, {
    zone: instance.zone,
    snapshotId: snapshotId ?? undefined,
    sizeGiB: sizeGiB === 0 ? undefined : sizeGiB,
    type,
    encrypted,
    tags: givenTags(call.form, 'volume'),
  });
  volume.attachment = { instanceId: instance.id, device, attachedMs: call.now, deleteOnTermination };
}

function profileOf({ form, caller }: Ec2Call): string | null {
  const profile = form.under('IamInstanceProfile');
  const name = profile.text('Name');
  return profile.text('Arn') ?? (name === undefined ? null : `arn:aws:iam::${caller.account}:instance-profile/${name}`);
}

function move(call: Ec2Call, goal: InstanceGoal): XmlTree {
  const { form, here, now } = call;
  const instances = form.texts('InstanceId').map((id) => demandOwn(call, here.instances, 'InvalidInstanceID', id));
  const before = instances.map((one) => instanceState(one, now));
  for (const one of instances) checkMove(one, goal, now);
  for (const one of instances) if (one.goal !== goal) go(call, one, goal);
  const item = instances.map((one, at) => ({
    instanceId: one.id,
    currentState: instanceState(one, now),
    previousState: before[at],
  }));
  return { instancesSet: { item } };
}

function checkMove(instance: Instance, goal: InstanceGoal, now: number): void {
  const { name } = instanceState(instance, now);
  if (goal === 'terminated' && instance.isProtected) {
    const words = `The instance '${instance.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`;
    throw refused('OperationNotPermitted', words);
  }
  const isGone = name === 'terminated' || name === 'shutting-down';
  const isUnderWay = (goal === 'running' && name === 'stopping') || (goal === 'stopped' && name === 'pending');
  if ((goal !== 'terminated' && isGone) || isUnderWay) {
    const words = `The instance '${instance.id}' is not in a state from which it can be ${goal === 'running' ? 'started' : 'stopped'}.`;
    throw refused('IncorrectInstanceState', words);
  }
}

function go(call: Ec2Call, instance: Instance, goal: InstanceGoal): void {
  instance.goal = goal;
  instance.changedMs = call.now;
  instance.reachedMs = call.now + call.world.behaviour.instanceMs;
  if (goal !== 'terminated') return;
  releaseInterfaces(call, instance);
  for (const volume of volumesOf(call, instance)) {
    if (volume.attachment?.deleteOnTermination === true) {
      call.here.volumes.delete(volume.id);
      volume.disk.drop();
    } else volume.attachment = null;
  }
}
