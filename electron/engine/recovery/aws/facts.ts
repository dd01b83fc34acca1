/** What a plan is made of: how things stand in AWS before anything is done. Nothing here changes anything. */
import {
  DescribeInstanceTypeOfferingsCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  ListSnapshotsInRecycleBinCommand,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { AwsRegionMap, AwsWant } from '../../../../shared/contract/aws-restores.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { describeInstance } from '../../aws/describe-instance.ts';
import { asked } from '../../aws/failures.ts';
import type { InstanceDescription } from '../../aws/instance-description.ts';
import type { Hands } from './hands.ts';
import { keyUses, readKeys, type KeyFacts } from './key-facts.ts';
import { findInterface, findSnapshot } from './look.ts';
import { readQuota, type QuotaFacts } from './quota.ts';

export type SnapshotFacts = {
  readonly id: string;
  /** `missing`: not there, or not shared with us. */
  readonly state: 'pending' | 'completed' | 'error' | 'recoverable' | 'recovering' | 'missing' | 'recycled';
  readonly percent: number | null;
  readonly message: string | null;
  readonly owner: string;
  readonly sizeGiB: number;
  readonly encrypted: boolean;
  readonly kmsKey: string | null;
  readonly archived: boolean;
  readonly volume: string | null;
  readonly takenAt: string | null;
};

export type Place = {
  readonly subnet: { readonly id: string; readonly vpc: string; readonly zone: string; readonly free: number } | null;
  readonly groups: readonly { readonly id: string; readonly vpc: string }[];
  readonly keyPairs: ReadonlySet<string>;
  /** Whether the zone of the subnet has that type; null: it could not be read. */
  readonly hasType: boolean | null;
  /** Who has the private address that is wanted: an interface and its instance; null: nobody. */
  readonly addressHeldBy: string | null;
  readonly quota: QuotaFacts;
};

export type Facts = {
  readonly account: string;
  readonly region: string;
  readonly from: string;
  readonly snapshots: ReadonlyMap<string, SnapshotFacts>;
  /** The one that is changed, or that the new one is to be like. */
  readonly instance: InstanceDescription | null;
  readonly map: AwsRegionMap | null;
  /** Attachments of further interfaces, by interface. */
  readonly attachments: ReadonlyMap<string, string>;
  readonly keys: readonly KeyFacts[];
  readonly place: Place;
};

export type Question = {
  readonly hands: Hands;
  readonly want: AwsWant;
  readonly region: string;
  readonly from: string;
  readonly map: AwsRegionMap | null;
  /** Of a Holdfast snapshot. */
  readonly described: InstanceDescription | null;
  readonly nowMs: number;
};

export async function accountOf(hands: Hands, region: string): Promise<string> {
  const { Account = '' } = await asked(`GetCallerIdentity in ${region}`, () =>
    hands.clients.sts(region).send(new GetCallerIdentityCommand({}), { abortSignal: hands.signal }),
  );
  return Account;
}

export async function readFacts(question: Question): Promise<Facts> {
  const { hands, want, region, from, map, nowMs } = question;
  const account = await accountOf(hands, region);
  const isLaunch = want.kind === 'launch' || want.kind === 'clone';
  const named = isLaunch ? want.like : want.kind === 'volume' ? null : want.instance;
  const instance =
    named === null
      ? question.described
      : await describeInstance(hands.clients, named, {
          region: isLaunch ? from : region,
          nowMs,
          signal: hands.signal,
        });
  const snapshots = new Map<string, SnapshotFacts>();
  for (const id of snapshotsIn(want)) snapshots.set(id, await snapshotFacts(hands, from, id));
  const attachments = new Map<string, string>();
  for (const { id, deviceIndex } of instance?.interfaces ?? []) {
    if (deviceIndex === 0 || !isLaunch || from !== region) continue;
    attachments.set(id, (await findInterface(hands, region, id))?.Attachment?.AttachmentId ?? '');
  }
  const snapshotKeys = [...snapshots.values()].flatMap(({ kmsKey }) => kmsKey ?? []);
  const keys = await readKeys(hands, keyUses({ want, region, from, map, instance, snapshotKeys }));
  const stopped = want.kind === 'launch' && want.stopOld && from === region ? (instance?.instance ?? null) : null;
  const place = isLaunch ? await placeOf(hands, region, wishes(want, instance, map), stopped) : nowhere;
  return { account, region, from, snapshots, instance, map, attachments, keys, place };
}

const nowhere: Place = {
  subnet: null,
  groups: [],
  keyPairs: new Set(),
  hasType: null,
  addressHeldBy: null,
  quota: { unread: '' },
};

export function snapshotsIn(want: AwsWant): readonly string[] {
  if (want.kind !== 'launch' && want.kind !== 'clone') return [want.snapshot];
  return [...new Set([...(want.root === null ? [] : [want.root]), ...want.data.map(({ snapshot }) => snapshot)])];
}

async function snapshotFacts(hands: Hands, region: string, id: string): Promise<SnapshotFacts> {
  const found = await findSnapshot(hands, region, id);
  const isGone = found === null;
  return {
    id,
    state: isGone ? ((await isRecycled(hands, region, id)) ? 'recycled' : 'missing') : (found.State ?? 'pending'),
    percent: Number.parseInt(found?.Progress ?? '', 10) || null,
    message: found?.StateMessage ?? null,
    owner: found?.OwnerId ?? '',
    sizeGiB: found?.VolumeSize ?? 1,
    encrypted: found?.Encrypted ?? false,
    kmsKey: found?.KmsKeyId ?? null,
    archived: found?.StorageTier === 'archive',
    volume: found?.VolumeId === 'vol-ffffffff' ? null : (found?.VolumeId ?? null),
    takenAt: found?.StartTime?.toISOString() ?? null,
  };
}

/** False too where it may not be looked at. */
async function isRecycled(hands: Hands, region: string, id: string): Promise<boolean> {
  const command = new ListSnapshotsInRecycleBinCommand({ SnapshotIds: [id] });
  const found = await softly(hands.read('ListSnapshotsInRecycleBin', region, (ec2) => ec2.send(command)));
  return (found?.Snapshots ?? []).some(({ SnapshotId }) => SnapshotId === id);
}

/** What a launch asks for, after its changes and the map between regions. */
export type Wishes = {
  readonly type: string;
  readonly subnet: string;
  readonly groups: readonly string[];
  readonly profile: string | null;
  readonly keyPair: string | null;
  readonly privateIp: string | null;
  /** What the map does not know, by name. */
  readonly unmapped: readonly string[];
};

type LaunchWant = Extract<AwsWant, { readonly kind: 'launch' | 'clone' }>;

export function wishes(want: LaunchWant, like: InstanceDescription | null, map: AwsRegionMap | null): Wishes {
  const { changes } = want;
  const isElsewhere = map !== null;
  const unmapped: string[] = [];
  const mapped = (what: string, id: string, known: Readonly<Record<string, string>> | undefined): string => {
    if (!isElsewhere || id === '') return id;
    const there = known?.[id];
    if (there === undefined) unmapped.push(`${what} ${id}`);
    return there ?? '';
  };
  const profileOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
  const keyPair = changes.keyPair === undefined ? (like?.keyPair ?? null) : changes.keyPair;
  const profile = changes.profile === undefined ? (like?.profile ?? null) : changes.profile;
  const isClone = want.kind === 'clone';
  return {
    type: changes.type ?? like?.type ?? '',
    subnet: changes.subnet ?? mapped('subnet', like?.subnet ?? '', map?.subnets),
    // A clone stands in a group of its own.
    groups: isClone ? [] : (changes.groups ?? (like?.groups ?? []).map(({ id }) => mapped('group', id, map?.groups))),
    // A clone is not to act in the name of what it is of.
    profile:
      isClone && changes.profile === undefined
        ? null
        : isElsewhere && profile !== null && changes.profile === undefined
          ? (map.profiles[profileOf(profile)] ?? profileOf(profile))
          : profile,
    keyPair: keyPair !== null && changes.keyPair === undefined ? mapped('key pair', keyPair, map?.keyPairs) : keyPair,
    privateIp: changes.privateIp ?? null,
    unmapped,
  };
}

async function placeOf(hands: Hands, region: string, wanted: Wishes, stopped: string | null): Promise<Place> {
  const signal = { abortSignal: hands.signal };
  const subnets = new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: [wanted.subnet] }] });
  const { Subnets = [] } = await hands.read('DescribeSubnets', region, (ec2) => ec2.send(subnets, signal));
  const [subnet] = Subnets;
  const groups = new DescribeSecurityGroupsCommand({
    Filters: [{ Name: 'group-id', Values: [...wanted.groups, '-'] }],
  });
  const { SecurityGroups = [] } = await hands.read('DescribeSecurityGroups', region, (ec2) => ec2.send(groups, signal));
  const pairs = await softly(
    hands.read('DescribeKeyPairs', region, (ec2) => ec2.send(new DescribeKeyPairsCommand({}), signal)),
  );
  return {
    subnet: subnet === undefined ? null : subnetFacts(subnet),
    groups: SecurityGroups.map(({ GroupId = '', VpcId = '' }) => ({ id: GroupId, vpc: VpcId })),
    keyPairs: new Set((pairs?.KeyPairs ?? []).flatMap(({ KeyName }) => KeyName ?? [])),
    hasType: subnet === undefined ? null : await hasType(hands, region, wanted.type, subnet.AvailabilityZone ?? ''),
    addressHeldBy: await holderOf(hands, region, wanted),
    quota: await readQuota(hands, region, { type: wanted.type, stopped }),
  };
}

function subnetFacts(subnet: Subnet): NonNullable<Place['subnet']> {
  return {
    id: subnet.SubnetId ?? '',
    vpc: subnet.VpcId ?? '',
    zone: subnet.AvailabilityZone ?? '',
    free: subnet.AvailableIpAddressCount ?? 0,
  };
}

async function hasType(hands: Hands, region: string, type: string, zone: string): Promise<boolean | null> {
  const command = new DescribeInstanceTypeOfferingsCommand({
    LocationType: 'availability-zone',
    Filters: [
      { Name: 'instance-type', Values: [type] },
      { Name: 'location', Values: [zone] },
    ],
  });
  const found = await softly(hands.read('DescribeInstanceTypeOfferings', region, (ec2) => ec2.send(command)));
  return found === null ? null : (found.InstanceTypeOfferings ?? []).length > 0;
}

async function holderOf(hands: Hands, region: string, { privateIp, subnet }: Wishes): Promise<string | null> {
  if (privateIp === null) return null;
  const command = new DescribeNetworkInterfacesCommand({
    Filters: [
      { Name: 'subnet-id', Values: [subnet] },
      { Name: 'addresses.private-ip-address', Values: [privateIp] },
    ],
  });
  const found = await hands.read('DescribeNetworkInterfaces', region, (ec2) => ec2.send(command));
  const [held] = found.NetworkInterfaces ?? [];
  if (held === undefined) return null;
  return held.Attachment?.InstanceId ?? held.NetworkInterfaceId ?? 'somebody';
}

/** Null for what may not be read: it is a check less, which is said. */
async function softly<Answer>(reading: Promise<Answer>): Promise<Answer | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof HoldfastError && (error.code === 'AWS_FORBIDDEN' || error.code === 'AWS_DECLINED'))
      return null;
    throw error;
  }
}
