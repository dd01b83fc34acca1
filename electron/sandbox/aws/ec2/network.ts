/** What instances stand in: regions, zones, networks, groups, keys; and the tags of all. */
import { type XmlTree } from '../protocol/xml.ts';
import { tagsIn, type Ec2Actions, type Ec2Call } from './call.ts';
import { describe, own, withTags } from './describe.ts';
import { freeCount } from './private-addresses.ts';
import { describeInstanceTypes, describeOfferings } from './instance-types.ts';
import { type Owned } from './records.ts';
import { notFound, refused } from './refusals.ts';

const mostTags = 50;

export const networkActions: Ec2Actions = {
  DescribeRegions: ({ world }) => ({
    regionInfo: {
      item: world.regionNames.map((regionName) => ({
        regionName,
        regionEndpoint: `ec2.${regionName}.amazonaws.com`,
        optInStatus: 'opt-in-not-required',
      })),
    },
  }),
  DescribeAvailabilityZones: ({ here }) => ({
    availabilityZoneInfo: {
      item: here.zones.map((zoneName, at) => ({
        zoneName,
        zoneId: `${here.name}-az${at + 1}`,
        zoneState: 'available',
        regionName: here.name,
        zoneType: 'availability-zone',
      })),
    },
  }),
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeInstanceTypeOfferings: describeOfferings,
  DescribeVpcs: vpcs,
  DescribeSubnets: subnets,
  DescribeKeyPairs: keyPairs,
  CreateTags: createTags,
  DeleteTags: deleteTags,
};

function vpcs(call: Ec2Call): XmlTree {
  const { item, nextToken } = describe(call, {
    idName: 'VpcId',
    prefix: 'vpc',
    kind: 'InvalidVpcID',
    all: call.here.vpcs,
    isVisible: own(call),
    facts: (one) => ({ 'vpc-id': one.id, cidr: one.cidr, 'is-default': String(one.isDefault), state: 'available' }),
    present: (one) => ({
      vpcId: one.id,
      ownerId: one.owner,
      state: 'available',
      cidrBlock: one.cidr,
      isDefault: String(one.isDefault),
      ...withTags(one),
    }),
  });
  return { vpcSet: { item }, nextToken };
}

function subnets(call: Ec2Call): XmlTree {
  const { item, nextToken } = describe(call, {
    idName: 'SubnetId',
    prefix: 'subnet',
    kind: 'InvalidSubnetID',
    all: call.here.subnets,
    isVisible: own(call),
    facts: (one) => ({ 'subnet-id': one.id, 'vpc-id': one.vpcId, 'availability-zone': one.zone, cidr: one.cidr }),
    present: (one) => ({
      subnetId: one.id,
      ownerId: one.owner,
      state: 'available',
      vpcId: one.vpcId,
      cidrBlock: one.cidr,
      availabilityZone: one.zone,
      availableIpAddressCount: freeCount(call, one),
      ...withTags(one),
    }),
  });
  return { subnetSet: { item }, nextToken };
}

function keyPairs(call: Ec2Call): XmlTree {
  const wanted = call.form.texts('KeyName');
  const all = [...call.here.keyPairs.values()].filter(own(call));
  const missing = wanted.find((name) => !all.some((one) => one.name === name));
  if (missing !== undefined) throw notFound('InvalidKeyPair', missing);
  const item = all
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
    .map((one) => ({ keyPairId: one.id, keyName: one.name, keyFingerprint: one.fingerprint, ...withTags(one) }));
  return { keySet: { item } };
}

function createTags(call: Ec2Call): XmlTree {
  const given = tagsIn(call.form);
  const all = resources(call);
  for (const { tags } of all) {
    if (new Set([...tags.keys(), ...given.map(([key]) => key)]).size > mostTags) {
      throw refused('TagLimitExceeded', 'The maximum number of tags for a resource is 50.');
    }
  }
  for (const { tags } of all) for (const [key, value] of given) tags.set(key, value);
  return { return: 'true' };
}

/** With a value, only where the tag has it. */
function deleteTags(call: Ec2Call): XmlTree {
  const given = call.form.list('Tag').map((tag) => ({ key: tag.demand('Key'), value: tag.text('Value') }));
  for (const { tags } of resources(call)) {
    if (given.length === 0) tags.clear();
    for (const { key, value } of given) if (value === undefined || tags.get(key) === value) tags.delete(key);
  }
  return { return: 'true' };
}

function resources({ form, here, caller, world }: Ec2Call): Owned[] {
  return form.texts('ResourceId').map((id) => {
    const found = here.tagged(id);
    if (found === undefined || found.owner !== caller.account || !world.isSeen(found)) throw notFound('InvalidID', id);
    return found;
  });
}
