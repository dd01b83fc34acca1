/** What a test or the demo puts into EC2 by hand: what no call makes, such as what stands on a volume. */
import { createHash, randomUUID } from 'node:crypto';
import { Disk } from './disk.ts';
import { newId, type Image, type Snapshot } from './ec2/records.ts';
import { type Ec2World, type Region } from './ec2/world.ts';

export type Ec2Place = {
  /** A key pair of the account. */
  addKeyPair(region: string, account: string, name: string): void;
  /** An image that everybody may use, with an empty root; gives its id. */
  addPublicImage(region: string, name: string, options?: { readonly rootGiB?: number }): string;
  /** From now on a snapshot that is pending ends in error. */
  failSnapshot(region: string, snapshotId: string, message: string): void;
  /** What stands from now on in a block of 512 KiB of a volume, filled up with zeros. */
  writeBlock(region: string, volumeId: string, index: number, bytes: Uint8Array): Promise<void>;
  /** What stands there; null: nothing was ever written. */
  readBlock(region: string, volumeId: string, index: number): Promise<Buffer | null>;
};

const amazon = '137112412989';

export function ec2Place(world: Ec2World): Ec2Place {
  const regionOf = (name: string): Region => {
    const region = world.region(name);
    if (region === undefined) throw new Error(`there is no region ${name}`);
    return region;
  };
  const diskOf = (region: string, volumeId: string): Disk => {
    const volume = regionOf(region).volumes.get(volumeId);
    if (volume === undefined) throw new Error(`there is no volume ${volumeId} in ${region}`);
    return volume.disk;
  };
  return {
    addKeyPair: (region, owner, name) => {
      const fingerprint = createHash('sha1').update(randomUUID()).digest('hex');
      const pair = { id: newId('key'), owner, createdMs: 0, tags: new Map<string, string>(), name, fingerprint };
      regionOf(region).keyPairs.set(pair.id, pair);
    },
    addPublicImage: (region, name, { rootGiB = 8 } = {}) => {
      const snapshot = publicSnapshot(rootGiB);
      const image = publicImage(name, snapshot);
      regionOf(region).snapshots.set(snapshot.id, snapshot);
      regionOf(region).images.set(image.id, image);
      return image.id;
    },
    failSnapshot: (region, snapshotId, message) => {
      const snapshot = regionOf(region).snapshots.get(snapshotId);
      if (snapshot === undefined) throw new Error(`there is no snapshot ${snapshotId} in ${region}`);
      snapshot.failure = { atMs: world.clock.now(), message };
    },
    writeBlock: (region, volumeId, index, bytes) => diskOf(region, volumeId).write(world.contents, index, bytes),
    readBlock: async (region, volumeId, index) => {
      const block = diskOf(region, volumeId).block(index);
      return block === undefined ? null : Buffer.concat(await block.content.read().toArray());
    },
  };
}

function publicSnapshot(sizeGiB: number): Snapshot {
  return {
    id: newId('snap'),
    owner: amazon,
    createdMs: 0,
    tags: new Map(),
    volumeId: 'vol-ffffffff',
    sizeGiB,
    description: 'A root for everybody',
    encrypted: false,
    kmsKeyId: null,
    disk: new Disk(),
    completesMs: 0,
    failure: null,
    isCopy: false,
    tier: 'standard',
    sharedWith: new Set(['all']),
    lock: null,
    recycled: null,
    upload: null,
  };
}

function publicImage(name: string, { id, sizeGiB }: Snapshot): Image {
  const device = '/dev/xvda';
  return {
    id: newId('ami'),
    owner: amazon,
    createdMs: 0,
    tags: new Map(),
    name,
    description: '',
    architecture: 'x86_64',
    rootDevice: device,
    mappings: [{ device, snapshotId: id, sizeGiB, type: 'gp3', deleteOnTermination: true, encrypted: false }],
    bootMode: null,
    isPublic: true,
  };
}
