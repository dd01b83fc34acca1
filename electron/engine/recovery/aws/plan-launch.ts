/** The steps of launching an instance in place of another, or a clone of it that reaches nobody. */
import type { AwsWant } from '../../../../shared/contract/aws-restores.ts';
import type { DescribedVolume, InstanceDescription } from '../../aws/instance-description.ts';
import type { Tag } from '../../aws/lineage.ts';
import { madeBy, type Deed, type LaunchDeed } from './deeds.ts';
import { wishes, type Facts } from './facts.ts';
import { restoreTags } from './hands.ts';

type LaunchWant = Extract<AwsWant, { readonly kind: 'launch' | 'clone' }>;

export const cloneHourMs = 3_600_000;

export function launchDeeds(
  want: LaunchWant,
  facts: Facts,
  snapshotOf: (id: string) => string,
  run: string,
  nowMs: number,
): readonly Deed[] {
  const { region, instance: like, from } = facts;
  const isClone = want.kind === 'clone';
  const stops = want.kind === 'launch' && want.stopOld && like?.state === 'running' && from === region;
  return [
    ...imageDeeds(want, facts, snapshotOf, run),
    ...(isClone ? groupDeeds(facts, run) : []),
    ...(stops && like !== null ? [{ do: 'stop' as const, id: 'stop', region, instance: like.instance }] : []),
    launchDeed(want, facts, snapshotOf, nowMs),
    ...(like?.sourceDestCheck === false && !isClone
      ? [{ do: 'unchecked' as const, id: 'unchecked', region, instance: madeBy('launch') }]
      : []),
    ...moveDeeds(want, facts),
  ];
}

function imageDeeds(
  want: LaunchWant,
  { region, instance: like, snapshots }: Facts,
  snapshotOf: (id: string) => string,
  run: string,
): readonly Deed[] {
  if (want.root === null) return [];
  const rootDevice = like?.rootDevice || '/dev/xvda';
  const described = like?.volumes.find(({ isRoot }) => isRoot)?.facts;
  return [
    {
      do: 'register',
      id: 'image',
      region,
      name: `holdfast-restore-${run}`,
      root: snapshotOf(want.root),
      rootDevice,
      sizeGiB: Math.max(snapshots.get(want.root)?.sizeGiB ?? 1, described?.sizeGiB ?? 1),
      type: described?.type ?? 'gp3',
      architecture: like?.image.architecture || 'x86_64',
      bootMode: like?.image.bootMode ?? null,
      ena: like?.image.ena ?? true,
      tpm: like?.image.tpm ?? null,
    },
  ];
}

function groupDeeds({ region, place, instance: like }: Facts, run: string): readonly Deed[] {
  const vpc = place.subnet?.vpc ?? '';
  const description = `No way in or out: clone of ${like?.instance ?? 'a snapshot'}`;
  return [
    { do: 'make-group', id: 'group', region, vpc, name: `holdfast-clone-${run}`, description },
    { do: 'close-group', id: 'close', region, group: madeBy('group') },
  ];
}

function launchDeed(want: LaunchWant, facts: Facts, snapshotOf: (id: string) => string, nowMs: number): LaunchDeed {
  const { region, instance: like, map } = facts;
  const { changes } = want;
  const isClone = want.kind === 'clone';
  const { type, subnet, groups, profile, keyPair, privateIp } = wishes(want, like, map);
  return {
    do: 'launch',
    id: 'launch',
    region,
    image: want.root !== null ? madeBy('image') : (changes.image ?? like?.image.id ?? ''),
    type,
    subnet,
    groups: isClone ? [madeBy('group')] : groups,
    privateIp,
    profile,
    keyPair,
    // What is run at the first start could reach for what the original reaches for.
    withUserData: !isClone && changes.userData !== 'none' && like?.userData !== null && like !== null,
    devices: devicesOf(want, facts, snapshotOf),
    tags: tagsOf(want, like, nowMs),
    tenancy: like?.placement.tenancy ?? 'default',
    placementGroup: isClone || map !== null ? null : (like?.placement.group ?? null),
    metadata: like?.metadata ?? null,
    monitoring: like?.monitoring ?? false,
    ebsOptimized: like?.ebsOptimized ?? false,
    credits: like?.credits ?? null,
    terminationProtected: isClone ? false : (like?.terminationProtected ?? false),
    onShutdown: like?.onShutdown ?? null,
    isClone,
  };
}

function devicesOf(want: LaunchWant, facts: Facts, snapshotOf: (id: string) => string): LaunchDeed['devices'] {
  const { instance: like, snapshots } = facts;
  const root = like?.volumes.find(({ isRoot }) => isRoot) ?? null;
  const isClone = want.kind === 'clone';
  const device = (at: string, snapshot: string | null, described: DescribedVolume | null) => {
    const known = described?.facts ?? null;
    const type = known?.type ?? 'gp3';
    const minimum = snapshot === null ? 1 : (snapshots.get(snapshot)?.sizeGiB ?? 1);
    return {
      device: at,
      snapshot: snapshot === null ? null : snapshotOf(snapshot),
      sizeGiB: Math.max(minimum, known?.sizeGiB ?? 1),
      type,
      iops: ['gp3', 'io1', 'io2'].includes(type) ? (known?.iops ?? null) : null,
      throughput: type === 'gp3' ? (known?.throughput ?? null) : null,
      encrypted: known?.encrypted ?? false,
      kmsKey: facts.map === null ? (known?.kmsKey ?? null) : (facts.map.kmsKeys[known?.kmsKey ?? ''] ?? null),
      deleteOnTermination: isClone ? true : (described?.deleteOnTermination ?? false),
    };
  };
  // AWS takes the disk an instance boots from out of its image, and lets only its size and kind be said here.
  const boot = root === null && want.root === null ? [] : [device(like?.rootDevice || '/dev/xvda', null, root)];
  const rootSize = want.root === null ? 1 : (snapshots.get(want.root)?.sizeGiB ?? 1);
  return [
    ...boot.map((one) => ({ ...one, sizeGiB: Math.max(one.sizeGiB, rootSize) })),
    ...want.data.map(({ device: at, snapshot }) =>
      device(at, snapshot, like?.volumes.find((one) => one.device === at) ?? null),
    ),
  ];
}

/** Tags that begin with `aws:` are AWS's own, and nobody else may give them. */
function tagsOf(want: LaunchWant, like: InstanceDescription | null, nowMs: number): readonly Tag[] {
  const own = (like?.tags ?? []).filter(({ key }) => !key.toLowerCase().startsWith('aws:'));
  const given = own.map(({ key, value }) => ({ Key: key, Value: value }));
  if (want.kind === 'launch') return given;
  const name = own.find(({ key }) => key === 'Name')?.value ?? like?.instance ?? 'snapshot';
  // What others find by the tags of the original is not to find the clone.
  return [
    { Key: 'Name', Value: `Clone of ${name}`.slice(0, 256) },
    { Key: restoreTags.clone, Value: like?.instance ?? 'snapshot' },
    { Key: restoreTags.expires, Value: new Date(nowMs + want.expiresInHours * cloneHourMs).toISOString() },
  ];
}

function moveDeeds(want: LaunchWant, { region, from, instance: like, attachments }: Facts): readonly Deed[] {
  if (want.kind !== 'launch' || like === null || from !== region) return [];
  const instance = madeBy('launch');
  const addresses = like.interfaces.flatMap(({ id, deviceIndex, addresses: all }) =>
    all.flatMap(({ allocation, privateIp }) =>
      deviceIndex === 0 && allocation !== null ? [{ allocation, was: id, wasPrivateIp: privateIp }] : [],
    ),
  );
  const further = like.interfaces.filter(({ deviceIndex }) => deviceIndex > 0);
  return [
    ...(want.moveAddresses ? addresses : []).map((one, at): Deed => ({
      do: 'give-address',
      id: `address-${at + 1}`,
      region,
      instance,
      ...one,
    })),
    ...(want.moveInterfaces ? further : []).flatMap(({ id, deviceIndex: index }, at): Deed[] => [
      {
        do: 'detach-interface',
        id: `free-interface-${at + 1}`,
        region,
        networkInterface: id,
        attachment: attachments.get(id) ?? '',
        instance: like.instance,
        index,
      },
      { do: 'attach-interface', id: `give-interface-${at + 1}`, region, networkInterface: id, instance, index },
    ]),
  ];
}
