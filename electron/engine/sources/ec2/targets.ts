/** What a source in EC2 is of at the moment: instances and volumes as they are found, never what was there before. */
import {
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Filter,
  type Instance,
  type Volume,
} from '@aws-sdk/client-ec2';
import type { Ec2Target } from '../../../../shared/contract/aws-sources.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { asked } from '../../aws/failures.ts';
import { pagesOf, type Cursor } from '../../aws/pages.ts';

export type TargetVolume = {
  readonly volume: string;
  /** As the instance names it; null: it is attached to none. */
  readonly device: string | null;
  readonly isRoot: boolean;
};

/** One call takes all volumes of it. */
export type Target = {
  readonly kind: 'instance' | 'volume';
  readonly id: string;
  readonly instance: string | null;
  /** Those that are asked for. */
  readonly volumes: readonly TargetVolume[];
  readonly withoutRoot: boolean;
  readonly excludes: readonly string[];
};

type Asking = { readonly client: EC2Client; readonly region: string; readonly signal: AbortSignal };

/** SOURCE_EMPTIED where there is nothing at all: that is an alarm, and no snapshot of nothing. */
export async function findTargets(target: Ec2Target, asking: Asking): Promise<readonly Target[]> {
  const found = await targetsOf(target, asking);
  if (found.length > 0) return found;
  throw new HoldfastError('SOURCE_EMPTIED', `${wordsOf(target)} in ${asking.region}, so there is nothing to protect.`);
}

function wordsOf(target: Ec2Target): string {
  if (target.kind === 'instance') return `${target.instance} is not there, or has no volume that is asked for,`;
  if (target.kind === 'volume') return `${target.volume} is not there`;
  return `No instance and no volume carries the tag ${target.key}${target.value === null ? '' : `=${target.value}`}`;
}

async function targetsOf(target: Ec2Target, asking: Asking): Promise<readonly Target[]> {
  if (target.kind === 'volume') {
    const volumes = await listVolumes(asking, [{ Name: 'volume-id', Values: [target.volume] }]);
    return volumes.map(volumeTarget);
  }
  if (target.kind === 'instance') {
    const instances = await listInstances(asking, [{ Name: 'instance-id', Values: [target.instance] }]);
    return withVolumes(instances.map((one) => instanceTarget(one, target.withoutRoot, target.excludes)));
  }
  const { key, value } = target;
  const filter =
    value === null ? { Name: 'tag-key', Values: [plain(key)] } : { Name: `tag:${key}`, Values: [plain(value)] };
  const [instances, volumes] = await Promise.all([listInstances(asking, [filter]), listVolumes(asking, [filter])]);
  const machines = withVolumes(instances.map((one) => instanceTarget(one, false, [])));
  const taken = new Set(machines.flatMap((one) => one.volumes.map(({ volume }) => volume)));
  return [...machines, ...volumes.filter(({ VolumeId = '' }) => !taken.has(VolumeId)).map(volumeTarget)];
}

/** In a filter, these would stand for anything. */
function plain(text: string): string {
  return text.replaceAll(/[*?\\]/g, '\\$&');
}

export async function listInstances(
  { client, region, signal }: Asking,
  filters: readonly Filter[] = [],
): Promise<Instance[]> {
  const found: Instance[] = [];
  const what = `DescribeInstances in ${region}`;
  const input = { MaxResults: 1000, ...(filters.length === 0 ? {} : { Filters: [...filters] }) };
  const ask = (cursor: Cursor) =>
    asked(what, () => client.send(new DescribeInstancesCommand({ ...input, ...cursor }), { abortSignal: signal }));
  for await (const { Reservations = [] } of pagesOf(what, ask))
    found.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
  return found.filter(({ State }) => State?.Name !== 'terminated' && State?.Name !== 'shutting-down');
}

export async function listVolumes(
  { client, region, signal }: Asking,
  filters: readonly Filter[] = [],
): Promise<Volume[]> {
  const found: Volume[] = [];
  const what = `DescribeVolumes in ${region}`;
  const input = { MaxResults: 500, ...(filters.length === 0 ? {} : { Filters: [...filters] }) };
  const ask = (cursor: Cursor) =>
    asked(what, () => client.send(new DescribeVolumesCommand({ ...input, ...cursor }), { abortSignal: signal }));
  for await (const { Volumes = [] } of pagesOf(what, ask)) found.push(...Volumes);
  return found.filter(({ State }) => State === 'available' || State === 'in-use');
}

function instanceTarget(instance: Instance, withoutRoot: boolean, excludes: readonly string[]): Target {
  const { InstanceId: id = '', RootDeviceName, BlockDeviceMappings = [] } = instance;
  const all = BlockDeviceMappings.flatMap(({ DeviceName = '', Ebs }): TargetVolume[] => {
    if (Ebs?.VolumeId === undefined) return [];
    return [{ volume: Ebs.VolumeId, device: DeviceName, isRoot: DeviceName === RootDeviceName }];
  });
  return {
    kind: 'instance',
    id,
    instance: id,
    volumes: all.filter(({ volume, isRoot }) => !excludes.includes(volume) && !(isRoot && withoutRoot)),
    withoutRoot,
    // AWS refuses to leave out what is not attached.
    excludes: excludes.filter((one) => all.some(({ volume, isRoot }) => volume === one && !isRoot)),
  };
}

function volumeTarget({ VolumeId: id = '', Attachments = [] }: Volume): Target {
  const [attachment] = Attachments;
  const volume = { volume: id, device: attachment?.Device ?? null, isRoot: false };
  const instance = attachment?.InstanceId ?? null;
  return { kind: 'volume', id, instance, volumes: [volume], withoutRoot: false, excludes: [] };
}

function withVolumes(targets: readonly Target[]): readonly Target[] {
  return targets.filter(({ volumes }) => volumes.length > 0);
}
