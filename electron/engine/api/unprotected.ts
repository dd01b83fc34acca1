/** Instances, volumes and buckets of an account that no source is of, and snapshots that no source has any more. */
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { Instance, Volume } from '@aws-sdk/client-ec2';
import type { AwsPlace, Ec2Target } from '../../../shared/contract/aws-sources.ts';
import type { Unprotected } from '../../../shared/contract/native.ts';
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { AwsClients } from '../aws/clients.ts';
import { asked } from '../aws/failures.ts';
import { tagKeys } from '../aws/lineage.ts';
import { listNative } from '../aws/snapshots.ts';
import { listInstances, listVolumes } from '../sources/ec2/targets.ts';
import { awsAccessOf } from './aws-access.ts';
import type { CallContext } from './context.ts';
import { consolesOf, type RegisteredEc2 } from './ec2-source-of.ts';
import { isConfigured } from './is-configured.ts';

/** AWS_ACCOUNT_UNKNOWN, AWS_REGION_MISSING. What cannot be listed is part of the answer. */
export async function findUnprotected(
  context: CallContext,
  place: AwsPlace,
  signal: AbortSignal,
): Promise<Unprotected> {
  using clients = new AwsClients(await awsAccessOf(context, place));
  const { region } = clients;
  const sources = (await isConfigured(context))
    ? await context.catalog.read('registeredSources.list', context.caller, null)
    : [];
  const notListed: string[] = [];
  const orNothing = async <Item>(list: () => Promise<readonly Item[]>): Promise<readonly Item[]> => {
    try {
      return await list();
    } catch (error) {
      signal.throwIfAborted();
      notListed.push(toHoldfastError(error).message);
      return [];
    }
  };
  const asking = { client: clients.ec2(), region, signal };
  const [instances, volumes, buckets, natives] = await Promise.all([
    orNothing(() => listInstances(asking)),
    orNothing(() => listVolumes(asking)),
    orNothing(() => bucketsOf(clients, signal)),
    orNothing(() => listNative(clients.ec2(), region, [{ Name: 'tag-key', Values: [tagKeys.source] }], signal)),
  ]);
  const here = sources.filter(
    (source): source is RegisteredEc2 => source.kind === 'ec2' && isIn(source, place, region),
  );
  const consoles = new Set(await consolesOf(context));
  const names = new Set(sources.map(({ name }) => name));
  return {
    region,
    resources: [...machinesWithout(here, instances, volumes), ...bucketsWithout(sources, buckets)],
    orphans: natives.flatMap(({ id, lineage, sizeGiB }) => {
      if (lineage === null || lineage.tenant !== context.caller.tenant) return [];
      const own = consoles.has(lineage.console);
      if (own && names.has(lineage.source)) return [];
      const takenAt = new Date(lineage.takenAtMs).toISOString();
      return [{ snapshot: id, source: lineage.source, own, takenAt, sizeGiB }];
    }),
    notListed,
  };
}

function isIn(source: RegisteredEc2, place: AwsPlace, region: string): boolean {
  return source.account === place.account && (source.region ?? region) === region;
}

/** What an instance has attached goes with it. */
function machinesWithout(
  sources: readonly RegisteredEc2[],
  instances: readonly Instance[],
  volumes: readonly Volume[],
): Unprotected['resources'] {
  const targets = sources.map(({ target }) => target);
  const covered = new Set(volumes.filter((one) => targets.some((target) => takesVolume(target, one))).map(idOf));
  const free: Unprotected['resources'] = [];
  for (const instance of instances) {
    const { InstanceId: id = '', BlockDeviceMappings = [] } = instance;
    const own = BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);
    const isTaken = targets.some((target) => takesInstance(target, instance));
    for (const volume of own) if (isTaken) covered.add(volume);
    if (isTaken || (own.length > 0 && own.every((volume) => covered.has(volume)))) continue;
    const size = volumes.filter((one) => own.includes(idOf(one))).reduce((sum, { Size = 0 }) => sum + Size, 0);
    free.push({ kind: 'instance', id, name: nameIn(instance.Tags), sizeGiB: size });
  }
  for (const volume of volumes) {
    if (covered.has(idOf(volume))) continue;
    free.push({ kind: 'volume', id: idOf(volume), name: nameIn(volume.Tags), sizeGiB: volume.Size ?? null });
  }
  return free;
}

function takesInstance(target: Ec2Target, { InstanceId, Tags }: Instance): boolean {
  if (target.kind === 'instance') return target.instance === InstanceId;
  return target.kind === 'tag' && carries(target, Tags);
}

function takesVolume(target: Ec2Target, { VolumeId, Tags }: Volume): boolean {
  if (target.kind === 'volume') return target.volume === VolumeId;
  return target.kind === 'tag' && carries(target, Tags);
}

function carries({ key, value }: Ec2Target & { readonly kind: 'tag' }, tags: Instance['Tags'] = []): boolean {
  return tags.some(({ Key, Value }) => Key === key && (value === null || Value === value));
}

function idOf({ VolumeId = '' }: Volume): string {
  return VolumeId;
}

function nameIn(tags: Instance['Tags'] = []): string | null {
  return tags.find(({ Key }) => Key === 'Name')?.Value ?? null;
}

async function bucketsOf(clients: AwsClients, signal: AbortSignal): Promise<readonly string[]> {
  const { Buckets = [] } = await asked('ListBuckets', () =>
    clients.s3().send(new ListBucketsCommand({}), { abortSignal: signal }),
  );
  return Buckets.flatMap(({ Name }) => Name ?? []);
}

function bucketsWithout(sources: readonly RegisteredSource[], buckets: readonly string[]): Unprotected['resources'] {
  const taken = new Set(sources.flatMap((source) => ('bucket' in source ? [source.bucket] : [])));
  return buckets.filter((name) => !taken.has(name)).map((id) => ({ kind: 'bucket', id, name: null, sizeGiB: null }));
}
