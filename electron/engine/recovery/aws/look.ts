/** How things stand in AWS now. Null for what is not there, which what was just made may be for a while. */
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type Filter,
  type Instance,
  type NetworkInterface,
  type Snapshot,
  type Volume,
} from '@aws-sdk/client-ec2';
import { pagesOf, type Cursor } from '../../aws/pages.ts';
import type { Hands } from './hands.ts';

export async function findVolume(hands: Hands, region: string, id: string): Promise<Volume | null> {
  const command = new DescribeVolumesCommand({ VolumeIds: [id] });
  const found = await hands.find('DescribeVolumes', region, (ec2) => ec2.send(command, { abortSignal: hands.signal }));
  return found?.Volumes?.[0] ?? null;
}

export async function volumesWhere(hands: Hands, region: string, filters: Filter[]): Promise<readonly Volume[]> {
  const all: Volume[] = [];
  const ask = (cursor: Cursor) => {
    const command = new DescribeVolumesCommand({ Filters: filters, MaxResults: 500, ...cursor });
    return hands.read('DescribeVolumes', region, (ec2) => ec2.send(command, { abortSignal: hands.signal }));
  };
  for await (const { Volumes = [] } of pagesOf(`DescribeVolumes in ${region}`, ask)) all.push(...Volumes);
  return all;
}

export async function findInstance(hands: Hands, region: string, id: string): Promise<Instance | null> {
  const command = new DescribeInstancesCommand({ InstanceIds: [id] });
  const found = await hands.find('DescribeInstances', region, (ec2) =>
    ec2.send(command, { abortSignal: hands.signal }),
  );
  return found?.Reservations?.[0]?.Instances?.[0] ?? null;
}

export async function instancesWhere(hands: Hands, region: string, filters: Filter[]): Promise<readonly Instance[]> {
  const all: Instance[] = [];
  const ask = (cursor: Cursor) => {
    const command = new DescribeInstancesCommand({ Filters: filters, MaxResults: 500, ...cursor });
    return hands.read('DescribeInstances', region, (ec2) => ec2.send(command, { abortSignal: hands.signal }));
  };
  for await (const { Reservations = [] } of pagesOf(`DescribeInstances in ${region}`, ask))
    all.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
  return all;
}

export async function snapshotsWhere(hands: Hands, region: string, filters: Filter[]): Promise<readonly Snapshot[]> {
  const all: Snapshot[] = [];
  const ask = (cursor: Cursor) => {
    const command = new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: filters, MaxResults: 500, ...cursor });
    return hands.read('DescribeSnapshots', region, (ec2) => ec2.send(command, { abortSignal: hands.signal }));
  };
  for await (const { Snapshots = [] } of pagesOf(`DescribeSnapshots in ${region}`, ask)) all.push(...Snapshots);
  return all;
}

/** Also one of another account. An id that is not known is refused, and one that is not ours to see silently missing. */
export async function findSnapshot(hands: Hands, region: string, id: string): Promise<Snapshot | null> {
  const command = new DescribeSnapshotsCommand({ SnapshotIds: [id] });
  const found = await hands.find('DescribeSnapshots', region, (ec2) =>
    ec2.send(command, { abortSignal: hands.signal }),
  );
  return found?.Snapshots?.[0] ?? null;
}

export async function findInterface(hands: Hands, region: string, id: string): Promise<NetworkInterface | null> {
  const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] });
  const found = await hands.find('DescribeNetworkInterfaces', region, (ec2) =>
    ec2.send(command, { abortSignal: hands.signal }),
  );
  return found?.NetworkInterfaces?.[0] ?? null;
}

export function stateOf(instance: Instance | null): string {
  return instance?.State?.Name ?? 'gone';
}
