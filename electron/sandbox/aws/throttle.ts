/**
 * How many calls EC2 takes: a bucket of tokens for each kind of call, region and account, shared by all who ask there. S3 has
 * one for each bucket, without a limit until one is set.
 */
import { type SandboxClock } from './clock.ts';

export type Bucket = {
  readonly capacity: number;
  readonly refillPerSecond: number;
};

export type ThrottleOptions = {
  /** `DescribeSnapshots`; all without one by default. */
  readonly operation?: string;
} & Bucket;

type Level = { tokens: number; atMs: number };

const unlimited: Bucket = { capacity: Number.POSITIVE_INFINITY, refillPerSecond: 0 };
/** As documented for EC2: calls that read, calls that read all at once, calls that change, calls that cost much. */
const reading: Bucket = { capacity: 100, refillPerSecond: 20 };
const readingAll: Bucket = { capacity: 50, refillPerSecond: 10 };
const changing: Bucket = { capacity: 50, refillPerSecond: 5 };
const costly = new Set(['RunInstances', 'TerminateInstances', 'StartInstances', 'StopInstances', 'CopySnapshot']);

export class Throttle {
  readonly #clock: SandboxClock;
  readonly #levels = new Map<string, Level>();
  readonly #rules = new Map<string, Bucket>();
  readonly #isS3: boolean;

  constructor(clock: SandboxClock, of: 'ec2' | 's3') {
    this.#clock = clock;
    this.#isS3 = of === 's3';
  }

  set({ operation = '', ...bucket }: ThrottleOptions): void {
    this.#rules.set(operation, bucket);
    this.#levels.clear();
  }

  /** Whether there is room for one more. `where`: a region, or a bucket. `isAll`: it reads without filter, page size or ids. */
  take(account: string, where: string, operation: string, isAll: boolean): boolean {
    const [bucket, shared] = this.#isS3 ? this.#bucketOfS3(operation) : this.#bucketOf(operation, isAll);
    const key = `${account} ${where} ${shared}`;
    const now = this.#clock.now();
    const level = this.#levels.get(key) ?? { tokens: bucket.capacity, atMs: now };
    const refilled = level.tokens + ((now - level.atMs) / 1000) * bucket.refillPerSecond;
    const tokens = Math.min(bucket.capacity, refilled);
    const hasRoom = tokens >= 1;
    this.#levels.set(key, { tokens: hasRoom ? tokens - 1 : tokens, atMs: now });
    return hasRoom;
  }

  #bucketOfS3(operation: string): [Bucket, string] {
    const rule = this.#rules.get(operation);
    return rule === undefined ? [this.#rules.get('') ?? unlimited, 'all'] : [rule, operation];
  }

  #bucketOf(operation: string, isAll: boolean): [Bucket, string] {
    const rule = this.#rules.get(operation) ?? this.#rules.get('');
    if (rule !== undefined) return [rule, operation];
    if (costly.has(operation)) return [changing, operation];
    if (!/^(?:Describe|Get|List)/.test(operation)) return [changing, 'changing'];
    return isAll ? [readingAll, operation] : [reading, 'reading'];
  }
}
