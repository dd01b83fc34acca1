/** Instances as they are shown. */
import { type XmlTree } from '../protocol/xml.ts';
import { demandOwn, iso, type Ec2Call } from './call.ts';
import { describe, own, withTags } from './describe.ts';
import { interfacesOf, presentedInterface } from './interfaces.ts';
import { presentedOptions } from './instance-options.ts';
import { instanceState, type Instance } from './records.ts';
import { invalidParameter } from './refusals.ts';
import { volumesOf } from './volumes.ts';

/** Each instance stands in a reservation. */
export function describeInstances(call: Ec2Call): XmlTree {
  const { here, now } = call;
  const { item, nextToken } = describe(call, {
    idName: 'InstanceId',
    prefix: 'i',
    kind: 'InvalidInstanceID',
    all: here.instances,
    isVisible: own(call),
    facts: (one) => ({
      'instance-id': one.id,
      'image-id': one.imageId,
      'instance-type': one.type,
      'instance-state-name': instanceState(one, now).name,
      'instance-state-code': String(instanceState(one, now).code),
      'availability-zone': one.zone,
      'subnet-id': one.subnetId,
      'vpc-id': one.vpcId,
      'private-ip-address': one.privateIp,
      'client-token': one.clientToken,
      'block-device-mapping.volume-id': volumesOf(call, one).map(({ id }) => id),
    }),
    present: (one) => presentedReservation(call, [one]),
  });
  return { reservationSet: { item }, nextToken };
}

export function presentedReservation(call: Ec2Call, instances: readonly Instance[]): XmlTree {
  return {
    reservationId: instances[0]?.reservationId,
    ownerId: call.caller.account,
    groupSet: { item: [] },
    instancesSet: { item: instances.map((one) => presented(call, one)) },
  };
}

function presented(call: Ec2Call, instance: Instance): XmlTree {
  const { here, now } = call;
  const image = here.images.get(instance.imageId);
  const isGone = instance.goal === 'terminated';
  return {
    instanceId: instance.id,
    imageId: instance.imageId,
    instanceState: instanceState(instance, now),
    privateDnsName: `ip-${instance.privateIp.replaceAll('.', '-')}.${here.name}.compute.internal`,
    instanceType: instance.type,
    keyName: instance.keyName,
    launchTime: iso(instance.createdMs),
    placement: { availabilityZone: instance.zone, tenancy: instance.options.tenancy },
    architecture: image?.architecture ?? 'x86_64',
    rootDeviceType: 'ebs',
    rootDeviceName: instance.rootDevice,
    virtualizationType: 'hvm',
    hypervisor: 'xen',
    ...presentedOptions(instance),
    clientToken: instance.clientToken,
    blockDeviceMapping: { item: isGone ? [] : volumesOf(call, instance).map(presentedDevice) },
    iamInstanceProfile: instance.profileArn === null ? null : { arn: instance.profileArn },
    ...(!isGone && networkOf(call, instance)),
    ...withTags(instance),
  };
}

function presentedDevice({ id, attachment }: ReturnType<typeof volumesOf>[number]): XmlTree {
  return {
    deviceName: attachment?.device,
    ebs: {
      volumeId: id,
      status: 'attached',
      attachTime: iso(attachment?.attachedMs ?? 0),
      deleteOnTermination: String(attachment?.deleteOnTermination ?? false),
    },
  };
}

function networkOf(call: Ec2Call, instance: Instance): XmlTree {
  const { here } = call;
  const item = instance.groupIds.map((groupId) => ({ groupId, groupName: here.groups.get(groupId)?.name }));
  const { subnetId, vpcId, privateIp } = instance;
  const all = interfacesOf(call, instance);
  const [first] = all;
  return {
    subnetId,
    vpcId,
    privateIpAddress: privateIp,
    groupSet: { item },
    sourceDestCheck: String(first?.sourceDestCheck ?? true),
    networkInterfaceSet: { item: all.map((one) => presentedInterface(call, one)) },
  };
}

/** What is not shown with an instance: the data it was launched with, and whether it may be ended. */
export function describeAttribute(call: Ec2Call): XmlTree {
  const instance = demandOwn(call, call.here.instances, 'InvalidInstanceID', call.form.demand('InstanceId'));
  const name = call.form.demand('Attribute');
  const instanceId = instance.id;
  if (name === 'userData') return { instanceId, userData: { value: instance.userData } };
  if (name === 'disableApiTermination') {
    return { instanceId, disableApiTermination: { value: String(instance.isProtected) } };
  }
  if (name === 'disableApiStop') return { instanceId, disableApiStop: { value: 'false' } };
  if (name === 'instanceInitiatedShutdownBehavior') {
    return { instanceId, instanceInitiatedShutdownBehavior: { value: instance.options.onShutdown } };
  }
  throw invalidParameter('attribute', name);
}
