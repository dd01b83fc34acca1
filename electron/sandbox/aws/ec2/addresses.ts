/** Elastic IPs: had, given to an interface, taken from it again. */
import { type XmlTree } from '../protocol/xml.ts';
import { demandOwn, givenTags, tagSet, type Ec2Actions, type Ec2Call } from './call.ts';
import { describe, own } from './describe.ts';
import { interfacesOf } from './interfaces.ts';
import { newId, type ElasticAddress, type NetworkInterface } from './records.ts';
import { refused } from './refusals.ts';

export const addressActions: Ec2Actions = {
  AllocateAddress: allocate,
  DescribeAddresses: describeAddresses,
  AssociateAddress: associate,
  DisassociateAddress: disassociate,
};

function allocate({ here, caller, now, form }: Ec2Call): XmlTree {
  const id = newId('eipalloc');
  const address: ElasticAddress = {
    id,
    owner: caller.account,
    createdMs: now,
    tags: givenTags(form, 'elastic-ip'),
    publicIp: `198.51.100.${here.addresses.size + 1}`,
    interfaceId: null,
    link: null,
  };
  here.addresses.set(id, address);
  return { publicIp: address.publicIp, domain: 'vpc', allocationId: id };
}

function describeAddresses(call: Ec2Call): XmlTree {
  const { here } = call;
  const nicOf = ({ interfaceId }: ElasticAddress): NetworkInterface | undefined =>
    here.interfaces.get(interfaceId ?? '');
  const { item } = describe(call, {
    idName: 'AllocationId',
    prefix: 'eipalloc',
    kind: 'InvalidAllocationID',
    all: here.addresses,
    isVisible: own(call),
    facts: (one) => ({
      'allocation-id': one.id,
      'public-ip': one.publicIp,
      'instance-id': nicOf(one)?.attachment?.instanceId,
      'network-interface-id': one.interfaceId ?? undefined,
    }),
    present: (one) => presented(one, nicOf(one)),
  });
  return { addressesSet: { item } };
}

function presented(address: ElasticAddress, nic: NetworkInterface | undefined): XmlTree {
  return {
    publicIp: address.publicIp,
    allocationId: address.id,
    domain: 'vpc',
    ...(nic !== undefined && {
      associationId: address.link,
      instanceId: nic.attachment?.instanceId,
      networkInterfaceId: nic.id,
      networkInterfaceOwnerId: nic.owner,
      privateIpAddress: nic.privateIp,
    }),
    tagSet: tagSet(address.tags),
  };
}

function associate(call: Ec2Call): XmlTree {
  const { form, here } = call;
  const address = demandOwn(call, here.addresses, 'InvalidAllocationID', form.demand('AllocationId'));
  const nic = interfaceFor(call);
  if (address.interfaceId === nic.id) return { return: 'true', associationId: address.link };
  if (address.interfaceId !== null && form.flag('AllowReassociation') !== true) {
    throw refused('Resource.AlreadyAssociated', `resource ${address.id} is already associated with another interface`);
  }
  // What the interface had before is without one from now on.
  for (const one of here.addresses.values()) if (one.interfaceId === nic.id) [one.interfaceId, one.link] = [null, null];
  address.interfaceId = nic.id;
  address.link = newId('eipassoc');
  return { return: 'true', associationId: address.link };
}

function interfaceFor(call: Ec2Call): NetworkInterface {
  const { form, here } = call;
  const named = form.text('NetworkInterfaceId');
  if (named !== undefined) return demandOwn(call, here.interfaces, 'InvalidNetworkInterfaceID', named);
  const instance = demandOwn(call, here.instances, 'InvalidInstanceID', form.demand('InstanceId'));
  const [first] = interfacesOf(call, instance);
  if (first === undefined) throw refused('InvalidInstanceID', `The instance '${instance.id}' has no interface.`);
  return first;
}

function disassociate({ form, here, caller }: Ec2Call): XmlTree {
  const link = form.demand('AssociationId');
  const address = [...here.addresses.values()].find((one) => one.owner === caller.account && one.link === link);
  if (address === undefined) {
    throw refused('InvalidAssociationID.NotFound', `The association ID '${link}' does not exist`);
  }
  [address.interfaceId, address.link] = [null, null];
  return { return: 'true' };
}
