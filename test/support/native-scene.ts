/** A sandboxed AWS, a workspace with a repository, and Holdfast asking the one for the other. */
import { CreateVolumeCommand, DescribeSnapshotsCommand, type Snapshot } from '@aws-sdk/client-ec2';
import { awsEnvironment, lendEnvironment } from './aws-environment.ts';
import { expectDone } from './expect-clean.ts';
import type { HoldfastResult } from './holdfast.ts';
import { home, makeAwsPlace, type AwsPlace } from './sandbox-aws.ts';
import type { Keys } from '../../electron/sandbox/aws/identity/identities.ts';
import type { SandboxAwsOptions, UserOptions } from '../../electron/sandbox/aws/options.ts';

export type NativeScene = AwsPlace & {
  /** Of whoever Holdfast asks as. */
  readonly asking: Keys;
  readonly env: Readonly<Record<string, string>>;
  run(...args: string[]): Promise<HoldfastResult>;
  /** All must go well. */
  done(...args: string[]): Promise<HoldfastResult>;
  addSource(name: string, ...properties: string[]): Promise<void>;
  /** As AWS has them now. */
  snapshots(region?: string): Promise<Snapshot[]>;
};

/** `user`: as whom Holdfast asks; somebody who may do everything by default. */
export async function makeNativeScene(
  options: SandboxAwsOptions & { readonly user?: UserOptions } = {},
): Promise<NativeScene> {
  const place = await makeAwsPlace(options);
  const { workspace } = place;
  const keys = options.user === undefined ? place.keys : place.user(options.user);
  place.aws.throttle({ capacity: 100_000, refillPerSecond: 100_000 });
  const env = awsEnvironment(place, keys);
  workspace.init();
  const lent = lendEnvironment(env);
  const run = (...args: string[]) => workspace.here(args, { env });
  const done = async (...args: string[]) => expectDone(await run(...args));
  return {
    ...place,
    asking: keys,
    env,
    run,
    done,
    addSource: async (name, ...properties) => {
      await done('source', 'add', 'ec2', '--name', name, ...properties.flatMap((text) => ['--set', text]));
    },
    snapshots: async (region = home) => {
      const { Snapshots = [] } = await place.ec2({ region }).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
      return Snapshots;
    },
    [Symbol.asyncDispose]: async () => {
      lent[Symbol.dispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

/** Volumes of 1 GiB with a tag. */
export async function addVolumes(
  place: AwsPlace,
  count: number,
  tag: { key: string; value: string },
): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    const { VolumeId = '' } = await place.ec2().send(
      new CreateVolumeCommand({
        AvailabilityZone: `${home}a`,
        Size: 1,
        TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: tag.key, Value: tag.value }] }],
      }),
    );
    ids.push(VolumeId);
  }
  place.aws.clock.advance(10_000);
  return ids;
}

export function tagsOf({ Tags = [] }: Snapshot): Map<string, string> {
  return new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
