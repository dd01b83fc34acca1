/** Native snapshots as AWS lists them, and waiting until they are there. */
import { setTimeout as pause } from 'node:timers/promises';
import { DescribeSnapshotsCommand, type EC2Client, type Filter, type Snapshot } from '@aws-sdk/client-ec2';
import { snapshotPattern, volumePattern } from '../../../shared/model/aws.ts';
import { snapshotMaker, type SnapshotMaker } from '../../../shared/model/snapshot-makers.ts';
import { asked } from './failures.ts';
import { pagesOf, type Cursor } from './pages.ts';
import { lineageOf, type Lineage } from './lineage.ts';

export type NativeState = 'pending' | 'completed' | 'error' | 'recoverable' | 'recovering';

export type NativeSnapshot = {
  readonly id: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  /** Null where nobody knows: a copy without tags. */
  readonly volume: string | null;
  readonly state: NativeState;
  /** Why it is in error. */
  readonly stateMessage: string | null;
  /** 0 to 100; null where AWS does not say. */
  readonly percent: number | null;
  readonly sizeGiB: number;
  readonly startedAtMs: number;
  readonly encrypted: boolean;
  readonly kmsKey: string | null;
  /** Archived ones have to be brought back before they are of use. */
  readonly archived: boolean;
  readonly description: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Null: not of a Holdfast. */
  readonly lineage: Lineage | null;
  readonly maker: SnapshotMaker;
};

const pageSize = 1000;
/** AWS takes at most so many values of a filter. */
const valuesOfFilter = 200;
/** That of a copy leads to nothing. */
const noVolume = 'vol-ffffffff';

/** The caller's own, whatever number there is. */
export async function listNative(
  client: EC2Client,
  region: string,
  filters: readonly Filter[] = [],
  signal?: AbortSignal,
): Promise<readonly NativeSnapshot[]> {
  const found: NativeSnapshot[] = [];
  const what = `DescribeSnapshots in ${region}`;
  const wanted = {
    OwnerIds: ['self'],
    MaxResults: pageSize,
    ...(filters.length === 0 ? {} : { Filters: [...filters] }),
  };
  const options = signal === undefined ? {} : { abortSignal: signal };
  const ask = (cursor: Cursor) =>
    asked(what, () => client.send(new DescribeSnapshotsCommand({ ...wanted, ...cursor }), options));
  for await (const { Snapshots = [] } of pagesOf(what, ask))
    found.push(...Snapshots.map((one) => nativeOf(one, region)).filter((one) => one !== null));
  return found;
}

/** By id. One that is not there is not in the map, and hides no other: to ask by id would fail for all of them. */
export async function findNative(
  client: EC2Client,
  region: string,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, NativeSnapshot>> {
  const found = new Map<string, NativeSnapshot>();
  for (let at = 0; at < ids.length; at += valuesOfFilter) {
    const Values = ids.slice(at, at + valuesOfFilter);
    for (const one of await listNative(client, region, [{ Name: 'snapshot-id', Values }], signal)) {
      found.set(one.id, one);
    }
  }
  return found;
}

/** Null for what has no id of a snapshot. */
export function nativeOf(snapshot: Snapshot, region: string): NativeSnapshot | null {
  const { SnapshotId: id = '', VolumeId = '', Progress = '' } = snapshot;
  if (!snapshotPattern.test(id)) return null;
  const tags = new Map((snapshot.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  const lineage = lineageOf(tags);
  const isNamed = volumePattern.test(VolumeId) && VolumeId !== noVolume && (lineage?.copyOf ?? null) === null;
  const description = snapshot.Description ?? '';
  const percent = /^(\d{1,3})%$/.exec(Progress)?.[1];
  return {
    id,
    region,
    account: snapshot.OwnerId ?? '',
    volume: lineage?.volume ?? (isNamed ? VolumeId : null),
    state: snapshot.State ?? 'pending',
    stateMessage: snapshot.StateMessage || null,
    percent: percent === undefined ? null : Math.min(100, Number(percent)),
    sizeGiB: snapshot.VolumeSize ?? 0,
    startedAtMs: snapshot.StartTime?.getTime() ?? 0,
    encrypted: snapshot.Encrypted ?? false,
    kmsKey: snapshot.KmsKeyId || null,
    archived: snapshot.StorageTier === 'archive',
    description,
    tags,
    lineage,
    maker: snapshotMaker(tags.keys(), description, lineage !== null),
  };
}

export type NativeWait = {
  readonly signal: AbortSignal;
  readonly onProgress?: (found: ReadonlyMap<string, NativeSnapshot>) => void;
  /** Between two looks. */
  readonly sleep?: (signal: AbortSignal) => Promise<void>;
};

const betweenLooksMs = 15_000;
/** AWS shows what was made a while later: only what so many looks do not show is not there. */
const patientLooks = 8;

/** How they have ended. Those that are not in the map are not there any more. Throws when the signal says so. */
export async function waitForNative(
  client: EC2Client,
  region: string,
  ids: readonly string[],
  { signal, onProgress, sleep = sleepBetween }: NativeWait,
): Promise<ReadonlyMap<string, NativeSnapshot>> {
  for (let looks = 1; ; looks++) {
    const found = await findNative(client, region, ids, signal);
    onProgress?.(found);
    const areAllShown = looks >= patientLooks || ids.every((id) => found.has(id));
    if (areAllShown && [...found.values()].every(({ state }) => state !== 'pending')) return found;
    await sleep(signal);
    signal.throwIfAborted();
  }
}

async function sleepBetween(signal: AbortSignal): Promise<void> {
  await pause(betweenLooksMs, undefined, { signal });
}
