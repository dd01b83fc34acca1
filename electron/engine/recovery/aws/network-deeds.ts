/** Addresses and interfaces that move from one instance to another, and a group that lets nothing in or out. */
import { DescribeAddressesCommand, DescribeSecurityGroupsCommand, type Address } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { DeedKind, DeedOf } from './deeds.ts';
import type { Hands } from './hands.ts';
import { findInstance, findInterface } from './look.ts';
import { left } from './volume-deeds.ts';

export const makeGroup: DeedKind<DeedOf<'make-group'>> = {
  once: 'name',
  call: ({ id, region, vpc, name, description }, _known, hands) => ({
    action: 'CreateSecurityGroup',
    region,
    input: {
      VpcId: vpc,
      GroupName: name,
      Description: description,
      TagSpecifications: [{ ResourceType: 'security-group', Tags: hands.marks(id) }],
    },
  }),

  async look({ region, vpc, name }, _known, hands) {
    const [found] = await groupsWhere(hands, region, [
      { Name: 'vpc-id', Values: [vpc] },
      { Name: 'group-name', Values: [name] },
    ]);
    return found?.GroupId === undefined ? null : { id: found.GroupId };
  },

  made: (answer) => ({ id: z.object({ GroupId: z.string() }).parse(answer).GroupId }),

  async settle({ region }, _known, hands, { id = '' }) {
    await hands.until(`group ${id}`, async () => (await groupsWhere(hands, region, byId(id)))[0] ?? null);
    return { detail: `${id} lets nothing in` };
  },

  async undo({ region }, _known, hands, { notes: { id = '' }, dryRun }) {
    const path = `${region}/${id}`;
    const [found] = await groupsWhere(hands, region, byId(id));
    if (found === undefined) return null;
    if (!hands.isOurs(found.Tags)) return left(path, 'It does not carry the tag of this restore.');
    if (!dryRun) await hands.mutate({ action: 'DeleteSecurityGroup', region, input: { GroupId: id } });
    return { path, action: 'remove', reason: null };
  },
};

/** A new group lets everything out until it is told not to. */
export const closeGroup: DeedKind<DeedOf<'close-group'>> = {
  call: ({ region, group }, known) => ({
    action: 'RevokeSecurityGroupEgress',
    region,
    input: {
      GroupId: known.made(group),
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    },
  }),

  async look({ region, group }, known, hands) {
    const id = known.made(group);
    const [found] = await groupsWhere(hands, region, byId(id));
    return found !== undefined && (found.IpPermissionsEgress ?? []).length === 0 ? { id } : null;
  },

  made: (_answer, { group }) => ({ id: group }),

  async settle({ region, group }, known, hands) {
    const id = known.made(group);
    const [found] = await groupsWhere(hands, region, byId(id));
    const ways = [...(found?.IpPermissionsEgress ?? []), ...(found?.IpPermissions ?? [])];
    if (found === undefined || ways.length > 0) {
      throw new HoldfastError('AWS_DECLINED', `The group ${id} still has ways in or out: nothing is launched in it.`);
    }
    return { detail: `${id} lets nothing in and nothing out` };
  },

  undo: () => Promise.resolve(null),
};

function byId(id: string) {
  return [{ Name: 'group-id', Values: [id] }];
}

async function groupsWhere(hands: Hands, region: string, filters: { Name: string; Values: string[] }[]) {
  const command = new DescribeSecurityGroupsCommand({ Filters: filters });
  const found = await hands.read('DescribeSecurityGroups', region, (ec2) =>
    ec2.send(command, { abortSignal: hands.signal }),
  );
  return found.SecurityGroups ?? [];
}

export const giveAddress: DeedKind<DeedOf<'give-address'>> = {
  call: ({ region, allocation, instance }, known) => ({
    action: 'AssociateAddress',
    region,
    input: { AllocationId: allocation, InstanceId: known.made(instance), AllowReassociation: true },
  }),

  async look({ region, allocation, instance }, known, hands) {
    const found = await findAddress(hands, region, allocation);
    return found?.InstanceId === known.made(instance) ? { id: allocation } : null;
  },

  made: (_answer, { allocation }) => ({ id: allocation }),

  async settle({ region, allocation, instance }, known, hands) {
    const id = known.made(instance);
    const address = await hands.until(`${allocation} to be with ${id}`, async () => {
      const found = await findAddress(hands, region, allocation);
      return found?.InstanceId === id ? found : null;
    });
    return { detail: `${address.PublicIp ?? allocation} leads to ${id}` };
  },

  async undo({ region, allocation, instance, was, wasPrivateIp }, known, hands, { dryRun }) {
    const path = `${region}/${allocation}`;
    const found = await findAddress(hands, region, allocation);
    if (found === null) return left(path, 'It is not there any more.');
    if (found.NetworkInterfaceId === was) return { path, action: 'put back', reason: null };
    if (found.AssociationId !== undefined && found.InstanceId !== known.made(instance)) {
      return left(path, `Somebody has given it to ${found.InstanceId ?? found.NetworkInterfaceId ?? 'another'} since.`);
    }
    if ((await findInterface(hands, region, was)) === null)
      return left(path, `The interface ${was} is not there any more.`);
    const input = {
      AllocationId: allocation,
      NetworkInterfaceId: was,
      PrivateIpAddress: wasPrivateIp,
      AllowReassociation: true,
    };
    if (!dryRun) await hands.mutate({ action: 'AssociateAddress', region, input });
    return { path, action: 'put back', reason: null };
  },
};

async function findAddress(hands: Hands, region: string, allocation: string): Promise<Address | null> {
  const command = new DescribeAddressesCommand({ AllocationIds: [allocation] });
  const found = await hands.find('DescribeAddresses', region, (ec2) =>
    ec2.send(command, { abortSignal: hands.signal }),
  );
  return found?.Addresses?.[0] ?? null;
}

export const detachInterface: DeedKind<DeedOf<'detach-interface'>> = {
  call: ({ region, attachment }) => ({
    action: 'DetachNetworkInterface',
    region,
    input: { AttachmentId: attachment },
  }),

  async look({ region, networkInterface, instance }, _known, hands) {
    const found = await findInterface(hands, region, networkInterface);
    return found?.Attachment?.InstanceId === instance ? null : { id: networkInterface };
  },

  made: (_answer, { networkInterface }) => ({ id: networkInterface }),

  async settle({ region, networkInterface }, _known, hands) {
    await untilFree(hands, region, networkInterface);
    return { detail: `${networkInterface} is free` };
  },

  undo: (deed, _known, hands, { dryRun }) => attachInterfaceAgain(hands, deed, dryRun),
};

export const attachInterface: DeedKind<DeedOf<'attach-interface'>> = {
  call: ({ region, networkInterface, instance, index }, known) => ({
    action: 'AttachNetworkInterface',
    region,
    input: { NetworkInterfaceId: networkInterface, InstanceId: known.made(instance), DeviceIndex: index },
  }),

  async look({ region, networkInterface, instance }, known, hands) {
    const found = await findInterface(hands, region, networkInterface);
    return found?.Attachment?.InstanceId === known.made(instance) ? { id: networkInterface } : null;
  },

  made: (_answer, { networkInterface }) => ({ id: networkInterface }),

  async settle({ region, networkInterface, instance }, known, hands) {
    const id = known.made(instance);
    await hands.until(`${networkInterface} to be with ${id}`, async () => {
      const found = await findInterface(hands, region, networkInterface);
      return found?.Attachment?.Status === 'attached' ? found : null;
    });
    return { detail: `${networkInterface} belongs to ${id}` };
  },

  async undo({ region, networkInterface, instance }, known, hands, { dryRun }) {
    const found = await findInterface(hands, region, networkInterface);
    if (found?.Attachment?.InstanceId !== known.made(instance)) return null;
    const input = { AttachmentId: found.Attachment.AttachmentId };
    if (!dryRun) {
      await hands.mutate({ action: 'DetachNetworkInterface', region, input });
      await untilFree(hands, region, networkInterface);
    }
    return null;
  },
};

async function attachInterfaceAgain(
  hands: Hands,
  { region, networkInterface, instance, index }: DeedOf<'detach-interface'>,
  dryRun: boolean,
) {
  const path = `${region}/${networkInterface}`;
  const found = await findInterface(hands, region, networkInterface);
  if (found === null) return left(path, 'It is not there any more.');
  const holder = found.Attachment?.InstanceId;
  if (holder === instance) return { path, action: 'put back' as const, reason: null };
  if (!dryRun) {
    if (holder !== undefined) return left(path, `Somebody has attached it to ${holder} since.`);
    if ((await findInstance(hands, region, instance)) === null) return left(path, `${instance} is not there any more.`);
    const input = { NetworkInterfaceId: networkInterface, InstanceId: instance, DeviceIndex: index };
    await hands.mutate({ action: 'AttachNetworkInterface', region, input });
  }
  return { path, action: 'put back' as const, reason: null };
}

async function untilFree(hands: Hands, region: string, id: string): Promise<void> {
  await hands.until(`${id} to be free`, async () => {
    const found = await findInterface(hands, region, id);
    return found?.Status === 'available' ? found : null;
  });
}
