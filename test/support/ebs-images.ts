/** Volumes in a sandboxed AWS, their images in a repository, and the engine that goes between them. */
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { CreateSnapshotCommand, CreateVolumeCommand } from '@aws-sdk/client-ec2';
import type { StoreImagesInput } from '../../shared/contract/images.ts';
import type { SandboxAwsOptions } from '../../electron/sandbox/aws/options.ts';
import { connect, toTheEnd, type Connected } from './client.ts';
import { home, makeAwsPlace, type AwsPlace } from './sandbox-aws.ts';

export const blockBytes = 512 * 1024;
export const gibBlocks = 2048;

export type ImagePlace = AwsPlace & {
  readonly client: Connected['client'];
  readonly repository: { readonly location: string; readonly password: string };
  /** Closes the test's own engine, for tests whose commands run in processes of their own. */
  release(): Promise<void>;
  /** What a process of its own has to be told to reach this AWS. */
  readonly env: Readonly<Record<string, string>>;
  volume(gib?: number): Promise<string>;
  write(volume: string, blocks: Readonly<Record<number, Buffer | string>>): Promise<void>;
  /** Completed. */
  take(volume: string): Promise<string>;
  store(snapshots: readonly string[], more?: Partial<StoreImagesInput>): ReturnType<typeof storedBy>;
  /** What stands on the volume now; what is missing are zeros. */
  blocksOf(volume: string, gib?: number, region?: string): Promise<Blocks>;
  /** How many calls of a kind there were since the last look. */
  count(operation: string): number;
  lookAnew(): void;
};

export type Blocks = ReadonlyMap<number, Buffer>;

/** Whether a file is those blocks and zeros, and as long as the volume. Where all else is holes, it need not be read. */
export async function isImage(path: string, blocks: Blocks, gib = 1): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { size, blocks: allocated } = await file.stat();
    if (size !== gib * gibBlocks * blockBytes) return false;
    const read = Buffer.alloc(blockBytes);
    const zeros = Buffer.alloc(blockBytes);
    const pages = [...blocks.values()].reduce((sum, block) => sum + pagesIn(block), 0);
    const isElseHoles = allocated * 512 < (pages + 64) * pageBytes;
    for (let index = 0; index < gib * gibBlocks; index++) {
      const block = blocks.get(index);
      if (block === undefined && isElseHoles) continue;
      const { bytesRead } = await file.read(read, 0, blockBytes, index * blockBytes);
      if (bytesRead !== blockBytes || !read.equals(block ?? zeros)) return false;
    }
    return true;
  } finally {
    await file.close();
  }
}

const pageBytes = 4096;

/** That are not all zeros. */
function pagesIn(block: Buffer): number {
  const zeros = Buffer.alloc(pageBytes);
  let count = 0;
  for (let at = 0; at < block.length; at += pageBytes) {
    if (!block.subarray(at, at + pageBytes).equals(zeros)) count += 1;
  }
  return count;
}

/** Of what nothing can be compressed. */
export const noise = (): Buffer => randomBytes(blockBytes);

export async function makeImagePlace(options: SandboxAwsOptions = {}): Promise<ImagePlace> {
  const place = await makeAwsPlace(options);
  const { aws, workspace, keys } = place;
  aws.behaveEc2({ snapshotMs: 1 });
  const env = {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: home,
    AWS_ENDPOINT_URL: aws.endpoint,
  };
  Object.assign(process.env, env);
  workspace.init();
  const connected = await connect(workspace);
  const { client } = connected;
  const repository = { location: workspace.repository, password: workspace.password };
  let seen = 0;
  return {
    ...place,
    client,
    repository,
    env,
    release: async () => connected[Symbol.asyncDispose](),
    volume: async (Size = 1) => {
      const made = await place.ec2().send(new CreateVolumeCommand({ AvailabilityZone: `${home}a`, Size }));
      aws.clock.advance(60_000);
      return made.VolumeId ?? '';
    },
    write: async (volume, blocks) => {
      for (const [index, bytes] of Object.entries(blocks))
        await aws.ec2.writeBlock(home, volume, Number(index), Buffer.from(bytes));
    },
    take: async (VolumeId) => {
      const { SnapshotId = '' } = await place.ec2().send(new CreateSnapshotCommand({ VolumeId }));
      aws.clock.advance(1000);
      return SnapshotId;
    },
    store: (snapshots, more = {}) =>
      storedBy(client, { repository, place: {}, snapshots: [...snapshots], source: 'disks', ...more }),
    blocksOf: async (volume, gib = 1, region = home) => {
      const blocks = new Map<number, Buffer>();
      for (let index = 0; index < gib * gibBlocks; index++) {
        const block = await aws.ec2.readBlock(region, volume, index);
        if (block !== null) blocks.set(index, block);
      }
      return blocks;
    },
    count: (operation) => aws.log.slice(seen).filter((one) => one.operation === operation).length,
    lookAnew: () => void (seen = aws.log.length),
    [Symbol.asyncDispose]: async () => {
      await connected[Symbol.asyncDispose]();
      for (const name of Object.keys(env)) delete process.env[name];
      await place[Symbol.asyncDispose]();
    },
  };
}

async function storedBy(client: Connected['client'], input: StoreImagesInput) {
  const { events, result } = await toTheEnd(await client.images.store(input));
  return { events, ...result.result };
}
