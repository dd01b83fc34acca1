/** What every rehearsal is given, whatever it brings back, and what it says at its end. */
import { hash } from 'node:crypto';
import type { Issue } from '../../../../shared/contract/common.ts';
import type { DrillCheck } from '../../../../shared/contract/drills.ts';
import { Sampler, type DrillItem, type Stretch } from '../../../../shared/model/drills.ts';
import { HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import type { Voice } from '../../jobs/voice.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { ReadPool } from '../../repository/read-pool.ts';
import { Repository } from '../../repository/repository.ts';
import type { StoredSnapshot } from '../../repository/snapshots.ts';
import type { Scratch } from './scratch.ts';

/** Bytes, beginning after a place on the ring; or all of it. */
export type SampleWish = { readonly cursor: number; readonly bytes: number } | 'whole';

export type RehearsalRequest = {
  readonly repository: Repository;
  readonly snapshot: StoredSnapshot;
  readonly scratch: Scratch;
  readonly wish: SampleWish;
  readonly voice: Pick<Voice, 'signal' | 'onProgress' | 'onNotice' | 'onIssue'>;
  /** Written down as begun before, and as ended after. */
  readonly step: <Result>(id: string, title: string, work: () => Promise<Said<Result>>) => Promise<Result>;
};

export type Said<Result> = { readonly result: Result; readonly detail: string };

export type Rehearsal = {
  readonly chosen: Chosen;
  /** From the first byte to the last check. */
  readonly restoreMs: number;
  readonly checks: readonly DrillCheck[];
  readonly issues: readonly Issue[];
  /** What could not be brought back as it was, while its data is as it should be. */
  readonly left: number;
};

export type Chosen = {
  /** By name; of a whole source those that are looked at more closely. */
  readonly items: readonly DrillItem[];
  readonly isWhole: boolean;
  readonly stretch: Stretch | null;
  readonly count: number;
  readonly bytes: number;
  readonly total: { readonly items: number; readonly bytes: number };
};

/** Of a whole source, so many are looked at more closely. */
const closerItems = 200;

/** Asks for all names once. DRILL_IMPOSSIBLE where there is nothing. */
export async function choose(
  items: AsyncIterable<{ name: RawPath; bytes: number }>,
  wish: SampleWish,
): Promise<Chosen> {
  const isAll = wish === 'whole';
  const sampler = isAll ? new Sampler(0, { bytes: Infinity, items: closerItems }) : new Sampler(wish.cursor, wish);
  for await (const { name, bytes } of items) sampler.add({ name, bytes, position: positionOf(name) });
  const sample = sampler.take();
  if (sample === null)
    throw new HoldfastError('DRILL_IMPOSSIBLE', 'The snapshot holds nothing that could be restored.');
  const { total } = sampler;
  const isWhole = isAll || sample.isWhole;
  const bytes = sample.items.reduce((sum, item) => sum + item.bytes, 0);
  return {
    items: sample.items,
    isWhole,
    stretch: isAll ? null : sample.stretch,
    count: isWhole ? total.items : sample.items.length,
    bytes: isWhole ? total.bytes : bytes,
    total,
  };
}

/** The first step of a rehearsal: what it takes of all that `items` finds in the snapshot. */
export function chooseStep(
  { repository, wish, step }: Pick<RehearsalRequest, 'repository' | 'wish' | 'step'>,
  title: string,
  items: (pool: ReadPool) => AsyncIterable<{ name: RawPath; bytes: number }>,
  change: (chosen: Chosen, pool: ReadPool) => Chosen | Promise<Chosen> = (chosen) => chosen,
): Promise<Chosen> {
  return step('choose', title, async () => {
    const pool = await ReadPool.open(repository);
    try {
      const result = await change(await choose(items(pool), wish), pool);
      return { result, detail: chosenWords(result) };
    } finally {
      await pool.close();
    }
  });
}

/** What could not be brought back as it was, while its data is as it should be. */
export function leftBy(issues: readonly Issue[]): number {
  return issues.filter((issue) => !isDamage(issue)).length;
}

function positionOf(name: RawPath): number {
  return hash('sha256', Buffer.from(name, 'latin1'), 'buffer').readUIntBE(0, 6);
}

export function chosenWords({ count, bytes, total, isWhole }: Chosen): string {
  const what = `${formatCount(count)} ${count === 1 ? 'thing' : 'things'}, ${formatBytes(bytes)}`;
  return isWhole ? `all of it: ${what}` : `${what}, of ${formatCount(total.items)}, ${formatBytes(total.bytes)}`;
}

/** The same one, that asks nobody else for what it cannot read: a drill is to see what is damaged. */
export function withoutRescue({ backend, config, key, keyId }: Repository): Repository {
  return new Repository(backend, config, key, keyId);
}

/** Codes that say of a file's data that it is not what it was. */
const damaged: ReadonlySet<ErrorCode> = new Set([
  'BLOB_MISSING',
  'BLOB_DAMAGED',
  'STORED_FILE_MISSING',
  'STORED_FILE_DAMAGED',
  'TREE_INVALID',
  'VERIFY_FAILED',
  'GIT_NOT_VERIFIED',
  'GIT_REPOSITORY_INVALID',
]);

export function isDamage({ code }: Pick<Issue, 'code'>): boolean {
  return damaged.has(code);
}

/** What damage says, as a check; a snapshot that brings everything back is good. */
export function asRestored(issues: readonly Issue[], good: string): DrillCheck {
  const bad = issues.filter(isDamage);
  const [first] = bad;
  const title = 'All that was brought back is as the snapshot has it';
  if (first === undefined) return { id: 'manifest', title, result: 'good', detail: good };
  const more = bad.length === 1 ? '' : ` And ${formatCount(bad.length - 1)} more.`;
  return { id: 'manifest', title, result: 'bad', detail: `${first.path}: ${first.message}${more}` };
}
