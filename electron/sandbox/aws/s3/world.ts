/** What there is in S3 beside the buckets' contents: which buckets, which keys of KMS, and how it behaves. */
import { type SandboxClock } from '../clock.ts';
import { type Contents } from '../contents.ts';
import { type Kms } from '../kms.ts';
import { rawKeyOf, type ArchiveTier, type Bucket } from './bucket.ts';

export type S3Behaviour = {
  /** A page holds no more than this, whatever is asked for. */
  readonly pageLimit: number;
  /** As stores that are only like S3: what speaks of checksums in headers or trailers is refused. */
  readonly refusesChecksums: boolean;
};

export class S3World {
  readonly clock: SandboxClock;
  readonly contents: Contents;
  readonly kms: Kms;
  readonly buckets = new Map<string, Bucket>();
  behaviour: S3Behaviour = { pageLimit: 1000, refusesChecksums: false };

  constructor(clock: SandboxClock, contents: Contents, kms: Kms) {
    this.clock = clock;
    this.contents = contents;
    this.kms = kms;
  }
  archive(bucket: string, key: string, tier: ArchiveTier): void {
    const version = this.buckets.get(bucket)?.current(rawKeyOf(key));
    if (version?.storageClass !== 'INTELLIGENT_TIERING') throw new Error(`${key} is not in Intelligent-Tiering`);
    version.archiveTier = tier;
    version.restored = null;
  }
}
