/** The regions of EC2 with what is in them, and how EC2 behaves. */
import { type SandboxClock } from '../clock.ts';
import { type Contents } from '../contents.ts';
import { type Kms } from '../kms.ts';
import { type Quotas } from '../quotas.ts';
import {
  newId,
  snapshotState,
  type ElasticAddress,
  type Group,
  type Image,
  type Instance,
  type KeyPair,
  type NetworkInterface,
  type Owned,
  type RootTask,
  type Snapshot,
  type Subnet,
  type Volume,
  type Vpc,
} from './records.ts';

export type Ec2Behaviour = {
  /** How long a snapshot is pending. */
  readonly snapshotMs: number;
  /** How long a volume is in creation. */
  readonly volumeMs: number;
  /** How long an instance takes from one state to the next. */
  readonly instanceMs: number;
  /** How long what was made is not seen by those who ask. */
  readonly lagMs: number;
  /** How many snapshots are copied into a region at once. */
  readonly copiesAtOnce: number;
  /** Where the Recycle Bin keeps snapshots: how many days; null: nowhere. */
  readonly recycleDays: number | null;
};

export class Region {
  readonly name: string;
  readonly snapshots = new Map<string, Snapshot>();
  readonly volumes = new Map<string, Volume>();
  readonly instances = new Map<string, Instance>();
  readonly images = new Map<string, Image>();
  readonly vpcs = new Map<string, Vpc>();
  readonly subnets = new Map<string, Subnet>();
  readonly groups = new Map<string, Group>();
  readonly keyPairs = new Map<string, KeyPair>();
  readonly interfaces = new Map<string, NetworkInterface>();
  readonly addresses = new Map<string, ElasticAddress>();
  readonly rootTasks = new Map<string, RootTask>();
  /** Answers to calls that named a token, by account, call and token. */
  readonly tokens = new Map<string, { readonly asked: string; readonly ids: readonly string[] }>();

  constructor(name: string) {
    this.name = name;
  }

  get zones(): readonly string[] {
    return ['a', 'b', 'c'].map((letter) => this.name + letter);
  }

  /** Whatever has the id and can have tags. */
  tagged(id: string): Owned | undefined {
    const things = [this.snapshots, this.volumes, this.instances, this.images, this.interfaces, this.addresses];
    const places = [this.vpcs, this.subnets, this.groups];
    const all: readonly ReadonlyMap<string, Owned>[] = [...things, ...places];
    return all.map((one) => one.get(id)).find((one) => one !== undefined);
  }
}

const dayMs = 86_400_000;

export class Ec2World {
  readonly clock: SandboxClock;
  readonly contents: Contents;
  readonly kms: Kms;
  readonly quotas: Quotas;
  behaviour: Ec2Behaviour = {
    snapshotMs: 20_000,
    volumeMs: 2000,
    instanceMs: 5000,
    lagMs: 0,
    copiesAtOnce: 20,
    recycleDays: null,
  };
  readonly #regions: ReadonlyMap<string, Region>;
  readonly #settled = new Set<string>();

  constructor(
    clock: SandboxClock,
    { contents, kms, quotas }: { readonly contents: Contents; readonly kms: Kms; readonly quotas: Quotas },
    regions: readonly string[],
  ) {
    this.clock = clock;
    this.contents = contents;
    this.kms = kms;
    this.quotas = quotas;
    this.#regions = new Map(regions.map((name) => [name, new Region(name)]));
  }

  get regionNames(): readonly string[] {
    return [...this.#regions.keys()];
  }

  region(name: string): Region | undefined {
    return this.#regions.get(name);
  }

  /** The region as the account finds it: with a network of its own from the first look on. */
  regionFor(name: string, account: string): Region | undefined {
    const region = this.#regions.get(name);
    const key = `${account} ${name}`;
    if (region !== undefined && !this.#settled.has(key)) {
      this.#settled.add(key);
      settle(region, account, this.clock.now());
    }
    if (region !== undefined) this.#expire(region);
    return region;
  }

  /** Whether somebody who asks sees it already. */
  isSeen({ createdMs }: Owned): boolean {
    return this.clock.now() >= createdMs + this.behaviour.lagMs;
  }

  /** Into the Recycle Bin, where there is one, else for good. */
  removeSnapshot(region: Region, snapshot: Snapshot): void {
    const { recycleDays } = this.behaviour;
    const now = this.clock.now();
    if (recycleDays !== null && snapshotState(snapshot, now) === 'completed') {
      snapshot.recycled = { enteredMs: now, leavesMs: now + recycleDays * dayMs };
      return;
    }
    region.snapshots.delete(snapshot.id);
    snapshot.disk.drop();
  }

  #expire(region: Region): void {
    const now = this.clock.now();
    for (const snapshot of region.snapshots.values()) {
      if (snapshot.recycled === null || now < snapshot.recycled.leavesMs) continue;
      region.snapshots.delete(snapshot.id);
      snapshot.disk.drop();
    }
    for (const instance of region.instances.values()) {
      if (instance.goal === 'terminated' && now > instance.reachedMs + 3_600_000) region.instances.delete(instance.id);
    }
  }
}

/** What every account has from the beginning: a network with a part in each zone, and a group. */
function settle(region: Region, owner: string, createdMs: number): void {
  const about = (prefix: string) => ({ id: newId(prefix), owner, createdMs: createdMs - dayMs, tags: new Map() });
  const vpc: Vpc = { ...about('vpc'), cidr: '172.31.0.0/16', isDefault: true };
  region.vpcs.set(vpc.id, vpc);
  for (const [at, zone] of region.zones.entries()) {
    const subnet: Subnet = { ...about('subnet'), vpcId: vpc.id, zone, cidr: `172.31.${at * 16}.0/20` };
    region.subnets.set(subnet.id, subnet);
  }
  const group: Group = {
    ...about('sg'),
    vpcId: vpc.id,
    name: 'default',
    description: 'default VPC security group',
    letsOut: true,
  };
  region.groups.set(group.id, group);
}
