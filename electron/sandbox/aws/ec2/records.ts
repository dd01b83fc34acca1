/** What there is in a region of EC2, and how what changes with time stands now. */
import { randomBytes } from 'node:crypto';
import { type Disk } from '../disk.ts';

export type Tags = Map<string, string>;

/** What is common to all: whose it is and since when. */
export type Owned = {
  readonly id: string;
  readonly owner: string;
  readonly createdMs: number;
  readonly tags: Tags;
};

/** `written`: the blocks so far. Without one for as long as `timeoutMs` it fails. */
export type Upload = {
  readonly parentId: string | null;
  readonly timeoutMs: number;
  readonly written: Set<number>;
  isOpen: boolean;
};

export type SnapshotLock = {
  readonly mode: 'governance' | 'compliance';
  readonly lockedMs: number;
  readonly days: number;
  readonly expiresMs: number;
  /** Until then also compliance can be lifted. */
  readonly coolOffMs: number | null;
  readonly coolOffHours: number | null;
};

export type Snapshot = Owned & {
  readonly volumeId: string;
  readonly sizeGiB: number;
  readonly description: string;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | null;
  readonly disk: Disk;
  /** Infinite for one that is written block by block, until it is completed. */
  completesMs: number;
  /** Null: it does well. */
  failure: { readonly atMs: number; readonly message: string } | null;
  readonly isCopy: boolean;
  tier: 'standard' | 'archive';
  readonly sharedWith: Set<string>;
  lock: SnapshotLock | null;
  /** In the Recycle Bin. */
  recycled: { readonly enteredMs: number; readonly leavesMs: number } | null;
  /** Of one that is written, or was, block by block. */
  readonly upload: Upload | null;
};

export type Attachment = {
  readonly instanceId: string;
  readonly device: string;
  readonly attachedMs: number;
  deleteOnTermination: boolean;
};

export type Volume = Owned & {
  readonly zone: string;
  readonly sizeGiB: number;
  readonly type: string;
  readonly iops: number | null;
  readonly throughput: number | null;
  readonly snapshotId: string;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | null;
  readonly readyMs: number;
  /** A bad key shows only later. */
  readonly isBroken: boolean;
  readonly disk: Disk;
  attachment: Attachment | null;
};

export type InstanceGoal = 'running' | 'stopped' | 'terminated';

/** As they were asked for at the launch. */
export type InstanceOptions = {
  readonly httpTokens: string;
  readonly hopLimit: number;
  readonly monitoring: boolean;
  readonly credits: string;
  readonly ebsOptimized: boolean;
  readonly tenancy: string;
  readonly onShutdown: string;
};

export type Instance = Owned & {
  readonly imageId: string;
  readonly reservationId: string;
  readonly type: string;
  readonly zone: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly groupIds: readonly string[];
  readonly privateIp: string;
  readonly keyName: string | null;
  readonly profileArn: string | null;
  /** Base64. */
  readonly userData: string | null;
  readonly rootDevice: string;
  readonly clientToken: string;
  isProtected: boolean;
  readonly options: InstanceOptions;
  goal: InstanceGoal;
  changedMs: number;
  reachedMs: number;
};

export type ImageMapping = {
  readonly device: string;
  readonly snapshotId: string | null;
  readonly sizeGiB: number;
  readonly type: string;
  readonly deleteOnTermination: boolean;
  readonly encrypted: boolean;
};

export type Image = Owned & {
  readonly name: string;
  readonly description: string;
  readonly architecture: string;
  readonly rootDevice: string;
  readonly mappings: readonly ImageMapping[];
  readonly bootMode: string | null;
  readonly isPublic: boolean;
};

export type Vpc = Owned & { readonly cidr: string; readonly isDefault: boolean };
export type Subnet = Owned & { readonly vpcId: string; readonly zone: string; readonly cidr: string };
export type Group = Owned & {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  letsOut: boolean;
};
export type KeyPair = Owned & { readonly name: string; readonly fingerprint: string };

export type NetworkInterface = Owned & {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly privateIp: string;
  readonly groupIds: readonly string[];
  readonly description: string;
  sourceDestCheck: boolean;
  attachment: {
    readonly id: string;
    readonly instanceId: string;
    readonly deviceIndex: number;
    readonly deleteOnTermination: boolean;
  } | null;
};

export type ElasticAddress = Owned & {
  readonly publicIp: string;
  interfaceId: string | null;
  /** The id of that it is given to the interface. */
  link: string | null;
};

/** A root that is replaced. */
export type RootTask = Owned & {
  readonly instanceId: string;
  readonly snapshotId: string;
  readonly completesMs: number;
  readonly deletesOld: boolean;
};

/** Seventeen hexadecimal digits after a prefix. */
export function newId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString('hex')}`;
}

export function snapshotState({ failure, completesMs }: Snapshot, nowMs: number): 'pending' | 'completed' | 'error' {
  if (failure !== null && nowMs >= failure.atMs) return 'error';
  return nowMs >= completesMs ? 'completed' : 'pending';
}

/** In percent; of one that is written block by block there is none until its end. */
export function progressOf(snapshot: Snapshot, nowMs: number): number {
  const { createdMs, completesMs } = snapshot;
  if (snapshotState(snapshot, nowMs) === 'completed') return 100;
  if (!Number.isFinite(completesMs)) return 0;
  return Math.min(99, Math.floor(((nowMs - createdMs) / (completesMs - createdMs)) * 100));
}

export function lockStateOf({ lock }: Snapshot, nowMs: number): string | null {
  if (lock === null) return null;
  if (nowMs >= lock.expiresMs) return 'expired';
  if (lock.mode === 'governance') return 'governance';
  return lock.coolOffMs !== null && nowMs < lock.coolOffMs ? 'compliance-cooloff' : 'compliance';
}

export function volumeState({ readyMs, attachment, isBroken }: Volume, nowMs: number): string {
  if (nowMs < readyMs) return 'creating';
  if (isBroken) return 'error';
  return attachment === null ? 'available' : 'in-use';
}

/** With EC2's code for it. */
export function instanceState(
  { goal, reachedMs }: Instance,
  nowMs: number,
): { readonly code: number; readonly name: string } {
  const isThere = nowMs >= reachedMs;
  if (goal === 'running') return isThere ? { code: 16, name: 'running' } : { code: 0, name: 'pending' };
  if (goal === 'stopped') return isThere ? { code: 80, name: 'stopped' } : { code: 64, name: 'stopping' };
  return isThere ? { code: 48, name: 'terminated' } : { code: 32, name: 'shutting-down' };
}
