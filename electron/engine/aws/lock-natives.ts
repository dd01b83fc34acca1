/** Locks on native snapshots: which there are, and setting those that a run has stated. */
import {
  CreateTagsCommand,
  DescribeLockedSnapshotsCommand,
  LockSnapshotCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { Ec2Lock } from '../../../shared/contract/aws-sources.ts';
import { asked, AwsFailure } from './failures.ts';
import { pagesOf, type Cursor } from './pages.ts';
import { isOwn, tagKeys, type Owner } from './lineage.ts';
import type { NativeSnapshot } from './snapshots.ts';

export type NativeLock = {
  readonly state: 'governance' | 'compliance' | 'compliance-cooloff' | 'expired';
  readonly untilMs: number | null;
};

const states: readonly NativeLock['state'][] = ['governance', 'compliance', 'compliance-cooloff', 'expired'];

/** By snapshot. Null: that may not be seen. */
export async function listLocks(
  client: EC2Client,
  region: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, NativeLock> | null> {
  const locks = new Map<string, NativeLock>();
  const what = `DescribeLockedSnapshots in ${region}`;
  const ask = (cursor: Cursor) =>
    asked(what, () =>
      client.send(new DescribeLockedSnapshotsCommand({ MaxResults: 1000, ...cursor }), { abortSignal: signal }),
    );
  try {
    for await (const { Snapshots = [] } of pagesOf(what, ask)) {
      for (const { SnapshotId = '', LockState, LockExpiresOn } of Snapshots) {
        const state = states.find((one) => one === LockState);
        if (state !== undefined) locks.set(SnapshotId, { state, untilMs: LockExpiresOn?.getTime() ?? null });
      }
    }
    return locks;
  } catch (error) {
    if (error instanceof AwsFailure && error.code === 'AWS_FORBIDDEN') return null;
    throw error;
  }
}

/** As a tag of a snapshot: what its source asked for when it was taken. */
export function lockWish({ mode, days, coolOffHours }: Ec2Lock): string {
  return [mode, days, ...(coolOffHours === null ? [] : [coolOffHours])].join(':');
}

function wishOf(tags: ReadonlyMap<string, string>): Ec2Lock | null {
  const [, mode, days, hours] =
    /^(governance|compliance):(\d{1,5})(?::(\d{1,2}))?$/.exec(tags.get(tagKeys.lock) ?? '') ?? [];
  if (mode !== 'governance' && mode !== 'compliance') return null;
  return { mode, days: Number(days), coolOffHours: hours === undefined ? null : Number(hours) };
}

type Locking = {
  readonly client: EC2Client;
  readonly region: string;
  readonly owner: Owner;
  readonly locks: ReadonlyMap<string, NativeLock>;
  readonly signal: AbortSignal;
};

const tagsAtOnce = 200;

/** Locks those that state it, once: a lock that somebody has lifted is not set again. In sentences, what did not go. */
export async function lockNatives(
  natives: readonly NativeSnapshot[],
  { client, region, owner, locks, signal }: Locking,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const set: string[] = [];
  for (const { id, tags, lineage } of natives) {
    const wish = wishOf(tags);
    if (wish === null || !isOwn(lineage, owner)) continue;
    signal.throwIfAborted();
    if (locks.has(id)) {
      set.push(id);
      continue;
    }
    const command = new LockSnapshotCommand({
      SnapshotId: id,
      LockMode: wish.mode,
      LockDuration: wish.days,
      ...(wish.coolOffHours === null ? {} : { CoolOffPeriod: wish.coolOffHours }),
    });
    try {
      await asked(`LockSnapshot of ${id} in ${region}`, () => client.send(command, { abortSignal: signal }));
      set.push(id);
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      problems.push(`${id} is not locked. ${error.message}`);
    }
  }
  for (let at = 0; at < set.length; at += tagsAtOnce) {
    const Tags = [{ Key: tagKeys.lock, Value: 'set' }];
    const command = new CreateTagsCommand({ Resources: set.slice(at, at + tagsAtOnce), Tags });
    await asked(`CreateTags in ${region}`, () => client.send(command, { abortSignal: signal }));
  }
  return problems;
}
