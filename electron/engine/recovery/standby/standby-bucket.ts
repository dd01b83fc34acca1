/** A bucket, or a prefix of one, that a standby owns: marked by an object of its own, which also says what it shows. */
import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { versionsToRemove } from '../../../../shared/model/standby.ts';
import { asked, AwsFailure } from '../../aws/failures.ts';
import { listObjects } from '../../sources/s3-bucket/listing.ts';
import type { StandbyMark } from './standby-folder.ts';

const keptSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9-]{1,80}$/),
  takenAtMs: z.number(),
  changed: z.boolean(),
});

const stateSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  source: z.string(),
  /** By its original; null while it shows nothing. */
  shown: z.object({ original: z.string(), takenAtMs: z.number() }).nullable(),
  objects: z.number(),
  /** It is being changed, or that was cut off: parts of it may be of another version. */
  changing: z.boolean(),
  /** What was replaced and removed since, oldest first. */
  kept: z.array(keptSchema),
});
export type BucketState = z.infer<typeof stateSchema>;

export type BucketPlace = {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly signal: AbortSignal;
};

const largestState = 1024 * 1024;

export class StandbyBucket {
  /** Below it lies what is the standby's own. */
  readonly own: string;
  readonly #place: BucketPlace;
  #state: BucketState;
  #sealedAtMs: number;

  /** STANDBY_TARGET_TAKEN, AWS_…. */
  static async claim(place: BucketPlace, mark: StandbyMark): Promise<void> {
    const known = await readState(place);
    if (known?.state.id === mark.id) return;
    if (known !== null)
      throw new HoldfastError('STANDBY_TARGET_TAKEN', `${words(place)} belongs to the standby ${known.state.name}.`);
    for await (const page of listObjects({ ...place, versions: false })) {
      if (page.length === 0) continue;
      throw new HoldfastError(
        'STANDBY_TARGET_TAKEN',
        `There are objects in ${words(place)} that are no part of this standby.`,
      );
    }
    await writeState(place, { version: 1, ...mark, shown: null, objects: 0, changing: false, kept: [] });
  }

  /** STANDBY_TARGET_TAKEN where it is none of this standby. */
  static async open(place: BucketPlace, { id }: Pick<StandbyMark, 'id'>): Promise<StandbyBucket> {
    const known = await readState(place);
    if (known?.state.id !== id)
      throw new HoldfastError('STANDBY_TARGET_TAKEN', `${words(place)} is not marked as this standby's.`);
    return new StandbyBucket(place, known.state, known.atMs);
  }

  private constructor(place: BucketPlace, state: BucketState, sealedAtMs: number) {
    this.#place = place;
    this.#state = state;
    this.#sealedAtMs = sealedAtMs;
    this.own = ownPrefix(place);
  }

  get state(): BucketState {
    return this.#state;
  }

  get words(): string {
    return words(this.#place);
  }

  asideOf(name: string): string {
    return `${this.own}versions/${name}/`;
  }

  async write(change: Partial<BucketState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    this.#sealedAtMs = await writeState(this.#place, this.#state);
  }

  /** What somebody has written, or removed, since it was last brought up to date. */
  async drift(): Promise<readonly string[]> {
    const { shown, changing, objects } = this.#state;
    if (shown === null || changing) return [];
    const found: string[] = [];
    let count = 0;
    for await (const page of listObjects({ ...this.#place, versions: false })) {
      for (const { key: raw, lastModifiedMs } of page) {
        const key = Buffer.from(raw, 'latin1').toString('utf8');
        if (key.startsWith(this.own)) continue;
        count += 1;
        if (lastModifiedMs > this.#sealedAtMs) found.push(`${key}: It was written since.`);
      }
    }
    if (count < objects) found.push(`${objects - count} objects were removed.`);
    return found;
  }

  /** Lets go of what was kept aside beyond what is to be. */
  async tidy(keep: number): Promise<void> {
    const removed = versionsToRemove(this.#state.kept, '', keep);
    const { s3, bucket: Bucket, signal } = this.#place;
    for (const { name } of removed) {
      const prefix = this.asideOf(name);
      for await (const page of listObjects({ ...this.#place, prefix, versions: false }))
        for (const { key } of page) {
          const Key = Buffer.from(key, 'latin1').toString('utf8');
          await asked('DeleteObject', () => s3.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal: signal }));
        }
    }
    if (removed.length > 0) await this.write({ kept: this.#state.kept.filter((one) => !removed.includes(one)) });
  }
}

function ownPrefix({ prefix }: Pick<BucketPlace, 'prefix'>): string {
  return `${prefix}.holdfast-standby/`;
}

function words({ bucket, prefix }: BucketPlace): string {
  return `s3://${bucket}/${prefix}`;
}

async function readState(place: BucketPlace): Promise<{ readonly state: BucketState; readonly atMs: number } | null> {
  const { s3, bucket: Bucket, signal } = place;
  const Key = `${ownPrefix(place)}standby.json`;
  try {
    const found = await asked('GetObject', () =>
      s3.send(new GetObjectCommand({ Bucket, Key }), { abortSignal: signal }),
    );
    if ((found.ContentLength ?? 0) > largestState) throw damaged(place);
    const text = (await found.Body?.transformToString()) ?? '';
    const parsed = stateSchema.safeParse(JSON.parse(text));
    if (!parsed.success) throw damaged(place);
    return { state: parsed.data, atMs: found.LastModified?.getTime() ?? 0 };
  } catch (error) {
    if (error instanceof AwsFailure && error.awsCode === 'NoSuchKey') return null;
    if (error instanceof SyntaxError) throw damaged(place);
    throw error;
  }
}

/** When S3 says that it was written. */
async function writeState(place: BucketPlace, state: BucketState): Promise<number> {
  const { s3, bucket: Bucket, signal } = place;
  const Key = `${ownPrefix(place)}standby.json`;
  const Body = Buffer.from(JSON.stringify(state));
  const ContentMD5 = createHash('md5').update(Body).digest('base64');
  await asked('PutObject', () =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentMD5 }), { abortSignal: signal }),
  );
  const { LastModified } = await asked('HeadObject', () =>
    s3.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal: signal }),
  );
  return LastModified?.getTime() ?? 0;
}

function damaged(place: BucketPlace): HoldfastError {
  return new HoldfastError('TARGET_UNUSABLE', `What marks ${words(place)} as a standby is damaged.`);
}
