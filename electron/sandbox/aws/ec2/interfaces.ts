/** Network interfaces: the first of an instance comes with it; further ones are made, attached and moved. */
import { type XmlTree } from '../protocol/xml.ts';
import { checkId, demandOwn, givenTags, remember, repeated, tagSet, type Ec2Actions, type Ec2Call } from './call.ts';
import { describe, own } from './describe.ts';
import { freeAddress } from './private-addresses.ts';
import { instanceState, newId, type Instance, type NetworkInterface, type Subnet } from './records.ts';
import { incorrectState, refused } from './refusals.ts';

export const interfaceActions: Ec2Actions = {
  CreateNetworkInterface: create,
  DescribeNetworkInterfaces: describeInterfaces,
  DeleteNetworkInterface: remove,
  AttachNetworkInterface: attach,
  DetachNetworkInterface: detach,
};

const demandInterface = (call: Ec2Call, id: string): NetworkInterface =>
  demandOwn(call, call.here.interfaces, 'InvalidNetworkInterfaceID', id);

function create(call: Ec2Call): XmlTree {
  const { form, here } = call;
  const subnet = demandOwn(call, here.subnets, 'InvalidSubnetID', form.demand('SubnetId'));
  const [before] = repeated(call, 'CreateNetworkInterface') ?? [];
  const made = here.interfaces.get(before ?? '');
  if (made !== undefined) return { networkInterface: presentedInterface(call, made) };
  const fresh = newInterface(call, subnet, {
    privateIp: freeAddress(call, subnet, form.text('PrivateIpAddress')),
    groupIds: form.texts('SecurityGroupId'),
    description: form.text('Description') ?? '',
    tags: givenTags(form, 'network-interface'),
  });
  remember(call, 'CreateNetworkInterface', [fresh.id]);
  return { networkInterface: presentedInterface(call, fresh) };
}

export function newInterface(
  { here, caller, now }: Ec2Call,
  subnet: Subnet,
  about: Pick<NetworkInterface, 'privateIp' | 'groupIds' | 'description' | 'tags'>,
): NetworkInterface {
  const fresh: NetworkInterface = {
    id: newId('eni'),
    owner: caller.account,
    createdMs: now,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    zone: subnet.zone,
    sourceDestCheck: true,
    attachment: null,
    ...about,
  };
  here.interfaces.set(fresh.id, fresh);
  return fresh;
}

/** By their index; what an instance shows of its network. */
export function interfacesOf({ here }: Ec2Call, { id }: Instance): NetworkInterface[] {
  const all = [...here.interfaces.values()].filter(({ attachment }) => attachment?.instanceId === id);
  return all.sort((a, b) => (a.attachment?.deviceIndex ?? 0) - (b.attachment?.deviceIndex ?? 0));
}

/** When their instance ends. */
export function releaseInterfaces(call: Ec2Call, instance: Instance): void {
  for (const one of interfacesOf(call, instance)) {
    if (one.attachment?.deleteOnTermination === true) {
      call.here.interfaces.delete(one.id);
      for (const address of call.here.addresses.values())
        if (address.interfaceId === one.id) address.interfaceId = null;
    } else one.attachment = null;
  }
}

function describeInterfaces(call: Ec2Call): XmlTree {
  const { item, nextToken } = describe(call, {
    idName: 'NetworkInterfaceId',
    prefix: 'eni',
    kind: 'InvalidNetworkInterfaceID',
    all: call.here.interfaces,
    isVisible: own(call),
    facts: (one) => ({
      'network-interface-id': one.id,
      'subnet-id': one.subnetId,
      'vpc-id': one.vpcId,
      'private-ip-address': one.privateIp,
      'addresses.private-ip-address': one.privateIp,
      'attachment.instance-id': one.attachment?.instanceId,
      'group-id': one.groupIds,
      status: one.attachment === null ? 'available' : 'in-use',
    }),
    present: (one) => presentedInterface(call, one),
  });
  return { networkInterfaceSet: { item }, nextToken };
}

export function presentedInterface(call: Ec2Call, one: NetworkInterface): Record<string, XmlTree[string]> {
  const { here } = call;
  const address = [...here.addresses.values()].find(({ interfaceId }) => interfaceId === one.id);
  const association =
    address === undefined
      ? undefined
      : { publicIp: address.publicIp, ipOwnerId: address.owner, allocationId: address.id, associationId: address.link };
  return {
    networkInterfaceId: one.id,
    subnetId: one.subnetId,
    vpcId: one.vpcId,
    availabilityZone: one.zone,
    ownerId: one.owner,
    description: one.description,
    interfaceType: 'interface',
    status: one.attachment === null ? 'available' : 'in-use',
    privateIpAddress: one.privateIp,
    sourceDestCheck: String(one.sourceDestCheck),
    groupSet: { item: one.groupIds.map((groupId) => ({ groupId, groupName: here.groups.get(groupId)?.name })) },
    attachment: one.attachment === null ? null : presentedAttachment(one.attachment),
    association,
    privateIpAddressesSet: { item: [{ privateIpAddress: one.privateIp, primary: 'true', association }] },
    tagSet: tagSet(one.tags),
  };
}

function presentedAttachment(attachment: NonNullable<NetworkInterface['attachment']>): XmlTree {
  const { id, instanceId, deviceIndex, deleteOnTermination } = attachment;
  return {
    attachmentId: id,
    instanceId,
    deviceIndex,
    networkCardIndex: 0,
    status: 'attached',
    deleteOnTermination: String(deleteOnTermination),
  };
}

function attach(call: Ec2Call): XmlTree {
  const { form, here, now } = call;
  const one = demandInterface(call, form.demand('NetworkInterfaceId'));
  const instance = demandOwn(call, here.instances, 'InvalidInstanceID', form.demand('InstanceId'));
  const deviceIndex = form.number('DeviceIndex') ?? 0;
  if (one.attachment !== null) {
    throw refused('InvalidNetworkInterface.InUse', `The interface ${one.id} is already in use.`);
  }
  const { name } = instanceState(instance, now);
  if (name !== 'running' && name !== 'stopped') throw incorrectState(`Instance '${instance.id}' is ${name}.`);
  if (one.zone !== instance.zone) {
    const words = 'You may not attach a network interface to an instance if they are not in the same availability zone';
    throw refused('InvalidParameterCombination', words);
  }
  if (interfacesOf(call, instance).some(({ attachment }) => attachment?.deviceIndex === deviceIndex)) {
    throw refused(
      'InvalidParameterValue',
      `Instance '${instance.id}' already has an interface attached at that index.`,
    );
  }
  const id = newId('eni-attach');
  one.attachment = { id, instanceId: instance.id, deviceIndex, deleteOnTermination: false };
  return { attachmentId: id };
}

function detach(call: Ec2Call): XmlTree {
  const { form, here } = call;
  const id = form.demand('AttachmentId');
  checkId(id, 'eni-attach');
  const one = [...here.interfaces.values()].find(({ attachment }) => attachment?.id === id);
  if (one?.owner !== call.caller.account || one.attachment === null) {
    throw refused('InvalidAttachmentID.NotFound', `The attachment ID '${id}' does not exist`);
  }
  if (one.attachment.deviceIndex === 0) {
    throw refused('OperationNotPermitted', 'The network interface at device index 0 cannot be detached.');
  }
  one.attachment = null;
  return { return: 'true' };
}

function remove(call: Ec2Call): XmlTree {
  const one = demandInterface(call, call.form.demand('NetworkInterfaceId'));
  if (one.attachment !== null) {
    throw refused('InvalidNetworkInterface.InUse', `Network interface '${one.id}' is currently in use.`);
  }
  call.here.interfaces.delete(one.id);
  return { return: 'true' };
}
