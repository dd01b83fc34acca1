/** A sandboxed AWS, a workspace with a repository, and Holdfast asking the one for the other. */
import { CreateVolumeCommand, DescribeSnapshotsCommand, type Snapshot } from '@aws-sdk/client-ec2';
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
  const { workspace, aws } = place;
  const keys = options.user === undefined ? place.keys : place.user(options.user);
  place.aws.throttle({ capacity: 100_000, refillPerSecond: 100_000 });
  const env = {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: home,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  workspace.init();
  // The kit of AWS reads the environment of the process that it runs in.
  const before = Object.fromEntries(Object.keys(env).map((key) => [key, process.env[key]]));
  Object.assign(process.env, env);
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
      for (const [key, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[key];
        else process.env[key] = value;
      }
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
