/** Brings back what is archived in a bucket: each object is asked for once, then looked at until all of it can be read. */
import { RestoreObjectCommand } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Issue } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { longestThawMs, type ThawTier } from '../../../../shared/model/s3-archive.ts';
import { asked, AwsFailure } from '../../aws/failures.ts';
import { inParallel } from '../../sources/parallel.ts';
import { archivedBelow, lookAt, type ArchivedObject, type ArchivePlace } from './archived.ts';
import type { ThawJournal } from './thaw-journal.ts';

export type ThawTools = ArchivePlace & {
  readonly journal: ThawJournal;
  readonly onIssue: (issue: Issue) => void;
};

export type ThawOrder = { readonly tier: ThawTier; readonly days: number };

/** Of one run: their names are held in memory. */
export const mostThawed = 100_000;
const atOnce = 16;

export type Asked = {
  readonly asked: number;
  readonly bytes: number;
  /** Somebody has asked for them before. */
  readonly underWay: number;
  readonly ready: number;
  /** Epoch milliseconds; null where nothing is waited for. */
  readonly expectedBy: number | null;
};

/** AWS_…; BAD_USAGE where there are too many. */
export async function askForAll(tools: ThawTools, prefix: string, order: ThawOrder, nowMs: number): Promise<Asked> {
  const counts = { asked: 0, bytes: 0, underWay: 0, ready: 0 };
  let longestMs: number | null = null;
  for await (const page of archivedBelow(tools, prefix)) {
    if (tools.journal.keys.size + page.length > mostThawed) throw tooMany();
    await inParallel(page, atOnce, async (object) => {
      const said = await askFor(tools, object, order);
      if (said === 'refused') return;
      if (said === 'asked') counts.bytes += object.size;
      counts[said] += 1;
      if (said === 'ready') return;
      longestMs = Math.max(longestMs ?? 0, longestThawMs(object.storageClass, order.tier) ?? 0);
    });
  }
  return { ...counts, expectedBy: longestMs === null ? null : nowMs + longestMs };
}

export function tooMany(): HoldfastError {
  const most = formatCount(mostThawed);
  return new HoldfastError('BAD_USAGE', `One run brings back ${most} archived objects at most: name a longer prefix.`);
}

async function askFor(
  { s3, bucket, signal, journal, onIssue }: ThawTools,
  { key, state, storageClass }: ArchivedObject,
  { tier, days }: ThawOrder,
): Promise<'asked' | 'underWay' | 'ready' | 'refused'> {
  if (state === 'ready') return 'ready';
  // An order of this run may not show yet, or its copy may have come and gone.
  if (state === 'thawing' || journal.keys.has(key)) {
    journal.add(key);
    return 'underWay';
  }
  const RestoreRequest = {
    GlacierJobParameters: { Tier: tier },
    // What Intelligent-Tiering brings back stays.
    ...(storageClass.endsWith('ACCESS') ? {} : { Days: days }),
  };
  try {
    const input = { Bucket: bucket, Key: key, RestoreRequest };
    await asked('RestoreObject', () => s3.send(new RestoreObjectCommand(input), { abortSignal: signal }));
  } catch (error) {
    const failure = toHoldfastError(error);
    const isUnderWay = failure instanceof AwsFailure && failure.awsCode === 'RestoreAlreadyInProgress';
    if (!isUnderWay) {
      if (failure.code !== 'AWS_DECLINED' && failure.code !== 'AWS_NOT_FOUND') throw failure;
      onIssue({ path: key, code: failure.code, message: failure.message });
      return 'refused';
    }
  }
  journal.add(key);
  return 'asked';
}

export type Waiting = {
  readonly ready: number;
  readonly total: number;
  /** Whoever waits is to stop now; S3 goes on. */
  readonly left: boolean;
};

export type WaitOptions = {
  readonly tier: ThawTier;
  readonly onReady: (ready: number, total: number) => Promise<void>;
  readonly isLeft: () => boolean;
};

const firstPauseMs = 1_000;
const longestPauseMs: Readonly<Record<ThawTier, number>> = {
  Expedited: 15_000,
  Standard: 5 * 60_000,
  Bulk: 15 * 60_000,
};
const sliceMs = 500;

/** Asks how far S3 is with what was asked for, less and less often, until all of it can be read. */
export async function waitForAll(tools: ThawTools, { tier, onReady, isLeft }: WaitOptions): Promise<Waiting> {
  const pending = new Set(tools.journal.keys);
  const total = pending.size;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs[tier])) {
    await inParallel([...pending], atOnce, async (key) => {
      const now = await lookAt(tools, key);
      if (now?.state === 'thawing') return;
      pending.delete(key);
      if (now?.state !== 'archived') return;
      const message = 'S3 was asked for it, and it is archived again: its copy has come and gone, or the order failed.';
      tools.onIssue({ path: key, code: 'S3_ARCHIVED', message });
    });
    await onReady(total - pending.size, total);
    if (pending.size === 0) return { ready: total, total, left: false };
    for (let slept = 0; slept < pauseMs; slept += sliceMs) {
      if (isLeft()) return { ready: total - pending.size, total, left: true };
      await sleep(Math.min(sliceMs, pauseMs - slept), undefined, { signal: tools.signal });
    }
  }
}
