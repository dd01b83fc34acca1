/**
 * What a bucket that follows a source needs beside what is given back: what is replaced or goes is copied aside within the
 * bucket, and what the snapshot does not have goes.
 */
import { createHash } from 'node:crypto';
import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { asked } from '../../aws/failures.ts';
import { rawFromUtf8 } from '../../platform/raw-path.ts';
import { listObjects } from '../../sources/s3-bucket/listing.ts';
import type { TargetTools } from './target-bucket.ts';

export type FollowOptions = {
  /** Keys that begin so are the standby's own. */
  readonly own: string;
  /** Put before the keys of what is replaced or goes; null: it is not kept. */
  readonly aside: string | null;
};

/** S3 copies no more in one go. */
const mostCopied = 5 * 1024 ** 3;
const longestKey = 1024;

export class FollowTarget {
  /** Keys of what could not be kept aside. */
  notKept = 0;
  removed = 0;
  readonly #options: FollowOptions & { readonly prefix: string };
  readonly #tools: Pick<TargetTools, 's3' | 'bucket' | 'signal'>;
  /** What the snapshot has, in twelve bytes each: there may be millions. */
  readonly #wanted = new Set<string>();

  constructor(
    options: FollowOptions & { readonly prefix: string },
    tools: Pick<TargetTools, 's3' | 'bucket' | 'signal'>,
  ) {
    this.#options = options;
    this.#tools = tools;
  }

  isOwn(key: string): boolean {
    return key.startsWith(this.#options.own);
  }

  want(key: string): void {
    this.#wanted.add(digestOf(key));
  }

  /** Before it is replaced, or removed. */
  async keepAside(key: string, size: number): Promise<void> {
    const { aside, prefix } = this.#options;
    if (aside === null) return;
    const Key = aside + key.slice(prefix.length);
    if (size > mostCopied || Buffer.byteLength(Key) > longestKey) {
      this.notKept += 1;
      return;
    }
    const { s3, bucket: Bucket, signal } = this.#tools;
    const CopySource = `${Bucket}/${encodeURIComponent(key).replaceAll('%2F', '/')}`;
    await asked('CopyObject', () =>
      s3.send(new CopyObjectCommand({ Bucket, Key, CopySource }), { abortSignal: signal }),
    );
  }

  /** What is there and not wanted. Only once all that is wanted is there. */
  async removeOthers(remove: (key: string) => Promise<void>): Promise<void> {
    const { prefix } = this.#options;
    for await (const page of listObjects({ ...this.#tools, prefix, versions: false })) {
      for (const { key: raw, size } of page) {
        const key = Buffer.from(raw, 'latin1').toString('utf8');
        // A key that is no text is none of ours to spell.
        if (rawFromUtf8(key) !== raw || this.isOwn(key) || this.#wanted.has(digestOf(key))) continue;
        await this.keepAside(key, size);
        await remove(key);
        this.removed += 1;
      }
    }
  }
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64').slice(0, 16);
}
