/** Asks AWS for the snapshots of one target, once, with all tags from the beginning. */
import { CreateSnapshotCommand, CreateSnapshotsCommand, type Snapshot, type SnapshotInfo } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../../aws/clients.ts';
import { asked } from '../../aws/failures.ts';
import { lineageTags, tagKeys, type Lineage, type Tag } from '../../aws/lineage.ts';
import { onceOnly, type AwsPace } from '../../aws/once.ts';
import { listNative, nativeOf, type NativeSnapshot } from '../../aws/snapshots.ts';
import type { Target } from './targets.ts';

export type Requesting = {
  /** That repeat what says nothing about having been done. */
  readonly clients: AwsClients;
  /** That do not. */
  readonly once: AwsClients;
  readonly region: string;
  readonly pace: AwsPace;
  readonly signal: AbortSignal;
};

export type Stated = {
  readonly lineage: Omit<Lineage, 'instance' | 'volume' | 'device'>;
  readonly more: readonly Tag[];
};

/** What one target has now, by volume. `isUncertain`: it may have been asked for before. */
export async function requestSnapshots(
  target: Target,
  { lineage, more }: Stated,
  isUncertain: boolean,
  { clients, once, region, pace, signal }: Requesting,
): Promise<readonly NativeSnapshot[]> {
  const volumes = new Set(target.volumes.map(({ volume }) => volume));
  const find = async (): Promise<readonly NativeSnapshot[] | null> => {
    const filters = [{ Name: `tag:${tagKeys.run}`, Values: [lineage.run] }];
    const found = await listNative(clients.ec2(region), region, filters, signal);
    const own = found.filter(
      ({ volume, lineage: of }) => volume !== null && volumes.has(volume) && of !== null && of.copyOf === null,
    );
    return own.length === 0 ? null : firstOfEach(own);
  };
  const call = () => (target.kind === 'volume' ? ofVolume(target) : ofInstance(target));
  const ofVolume = async ({ id, instance, volumes: [only] }: Target) => {
    const tags = [...lineageTags({ ...lineage, instance, volume: id, device: only?.device ?? null }), ...more];
    const input = { VolumeId: id, Description: describe(lineage), TagSpecifications: specified(tags) };
    const made = await asked(`CreateSnapshot of ${id}`, () =>
      once.ec2(region).send(new CreateSnapshotCommand(input), { abortSignal: signal }),
    );
    return natives([made], region);
  };
  const ofInstance = async ({ id, excludes, withoutRoot }: Target) => {
    const tags = [...lineageTags({ ...lineage, instance: id, volume: null, device: null }), ...more];
    const input = {
      InstanceSpecification: {
        InstanceId: id,
        ExcludeBootVolume: withoutRoot,
        ...(excludes.length === 0 ? {} : { ExcludeDataVolumeIds: [...excludes] }),
      },
      Description: describe(lineage),
      TagSpecifications: specified(tags),
    };
    const made = await asked(`CreateSnapshots of ${id}`, () =>
      once.ec2(region).send(new CreateSnapshotsCommand(input), { abortSignal: signal }),
    );
    return natives(made.Snapshots ?? [], region);
  };
  return onceOnly({ call, find, isUncertain, signal }, pace);
}

function specified(tags: readonly Tag[]) {
  return [{ ResourceType: 'snapshot' as const, Tags: [...tags] }];
}

function describe({ source, run }: Pick<Lineage, 'source' | 'run'>): string {
  return `Holdfast: ${source}, run ${run}`;
}

function natives(made: readonly (Snapshot | SnapshotInfo)[], region: string): readonly NativeSnapshot[] {
  return made.map((one) => nativeOf(one, region)).filter((one) => one !== null);
}

/** Should there ever be two of one volume, the older counts; the other goes with what has expired. */
export function firstOfEach(found: readonly NativeSnapshot[]): readonly NativeSnapshot[] {
  const first = new Map<string, NativeSnapshot>();
  for (const one of found.toSorted((a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1)))
    if (one.volume !== null && !first.has(one.volume)) first.set(one.volume, one);
  return [...first.values()];
}
