/** Groups of rules: made open to the outside, closed, removed where nobody stands in them. */
import { type XmlTree } from '../protocol/xml.ts';
import { demandOwn, givenTags, type Ec2Actions, type Ec2Call } from './call.ts';
import { describe, own, withTags } from './describe.ts';
import { newId, type Group } from './records.ts';
import { refused } from './refusals.ts';

export const groupActions: Ec2Actions = {
  CreateSecurityGroup: create,
  DescribeSecurityGroups: describeGroups,
  RevokeSecurityGroupEgress: revokeEgress,
  DeleteSecurityGroup: remove,
};

const demandGroup = (call: Ec2Call): Group =>
  demandOwn(call, call.here.groups, 'InvalidGroup', call.form.demand('GroupId'));

/** What is new lets everything out. */
function create(call: Ec2Call): XmlTree {
  const { form, here, caller, now } = call;
  const vpc = demandOwn(call, here.vpcs, 'InvalidVpcID', form.demand('VpcId'));
  const name = form.demand('GroupName');
  if ([...here.groups.values()].some((one) => one.vpcId === vpc.id && one.name === name)) {
    throw refused('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc.id}'`);
  }
  const group: Group = {
    id: newId('sg'),
    owner: caller.account,
    createdMs: now,
    tags: givenTags(form, 'security-group'),
    vpcId: vpc.id,
    name,
    description: form.demand('GroupDescription'),
    letsOut: true,
  };
  here.groups.set(group.id, group);
  return { return: 'true', groupId: group.id };
}

function describeGroups(call: Ec2Call): XmlTree {
  const { item, nextToken } = describe(call, {
    idName: 'GroupId',
    prefix: 'sg',
    kind: 'InvalidGroup',
    all: call.here.groups,
    isVisible: own(call),
    facts: (one) => ({ 'group-id': one.id, 'group-name': one.name, 'vpc-id': one.vpcId }),
    present: (one) => ({
      groupId: one.id,
      ownerId: one.owner,
      groupName: one.name,
      groupDescription: one.description,
      vpcId: one.vpcId,
      ipPermissions: { item: [] },
      ipPermissionsEgress: {
        item: one.letsOut ? [{ ipProtocol: '-1', ipRanges: { item: [{ cidrIp: '0.0.0.0/0' }] } }] : [],
      },
      ...withTags(one),
    }),
  });
  return { securityGroupInfo: { item }, nextToken };
}

function revokeEgress(call: Ec2Call): XmlTree {
  const group = demandGroup(call);
  const isAll = call.form.list('IpPermissions').some((one) => one.text('IpProtocol') === '-1');
  if (!isAll || !group.letsOut) {
    throw refused('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  }
  group.letsOut = false;
  return { return: 'true' };
}

function remove(call: Ec2Call): XmlTree {
  const group = demandGroup(call);
  if ([...call.here.interfaces.values()].some(({ groupIds }) => groupIds.includes(group.id))) {
    throw refused('DependencyViolation', `resource ${group.id} has a dependent object`);
  }
  call.here.groups.delete(group.id);
  return { return: 'true' };
}
