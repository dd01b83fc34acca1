/** What there is to try rights with: found by the same calls that a run makes, nothing of it changed. */
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type Snapshot,
} from '@aws-sdk/client-ec2';
import type { AwsClients } from './clients.ts';

/** Null where there is none, or none can be seen. */
export type CheckScene = {
  readonly instance: string | null;
  readonly volume: string | null;
  /** Of a source of Holdfast. */
  readonly ours: string | null;
  /** Any complete snapshot of the account. */
  readonly snapshot: string | null;
  readonly address: string | null;
  readonly networkInterface: string | null;
};

/** Of snapshots of a source: see lineage.ts. */
const sourceTag = 'holdfast:source';
/** As few as AWS lets one ask for. */
const fewest = 5;

export async function lookAround(clients: AwsClients): Promise<CheckScene> {
  const ec2 = clients.ec2();
  const completed = { Name: 'status', Values: ['completed'] };
  const own = { OwnerIds: ['self'], MaxResults: fewest };
  const [instances, volumes, ours, snapshots, addresses] = await Promise.all([
    seen(ec2.send(new DescribeInstancesCommand({ MaxResults: fewest }))),
    seen(ec2.send(new DescribeVolumesCommand({ MaxResults: fewest }))),
    seen(ec2.send(new DescribeSnapshotsCommand({ ...own, Filters: [{ Name: 'tag-key', Values: [sourceTag] }] }))),
    seen(ec2.send(new DescribeSnapshotsCommand({ ...own, Filters: [completed] }))),
    seen(ec2.send(new DescribeAddressesCommand({}))),
  ]);
  const [instance] = (instances?.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
  return {
    instance: instance?.InstanceId ?? null,
    networkInterface: instance?.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? null,
    volume: volumes?.Volumes?.[0]?.VolumeId ?? null,
    ours: idOf(ours?.Snapshots),
    snapshot: idOf(snapshots?.Snapshots),
    address: addresses?.Addresses?.[0]?.AllocationId ?? null,
  };
}

function idOf(snapshots: readonly Snapshot[] = []): string | null {
  return snapshots[0]?.SnapshotId ?? null;
}

/** Null where it is refused: that is told by the trial of that very call. */
function seen<Answer>(call: Promise<Answer>): Promise<Answer | null> {
  return call.catch(() => null);
}
