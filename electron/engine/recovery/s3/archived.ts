/** What of a bucket cannot be read as it is, and how far S3 is with bringing it back: the list says which, HEAD says how far. */
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { archiveClasses, type ArchiveClass } from '../../../../shared/model/s3-archive.ts';
import { asked } from '../../aws/failures.ts';
import { inParallel } from '../../sources/parallel.ts';
import { listObjects } from '../../sources/s3-bucket/listing.ts';

export type ArchivedObject = {
  /** Text. */
  readonly key: string;
  readonly size: number;
  readonly storageClass: ArchiveClass;
  readonly state: 'archived' | 'thawing' | 'ready';
};

export type ArchivePlace = {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly signal: AbortSignal;
};

const headsAtOnce = 16;

/** Below a prefix. AWS_… */
export async function* archivedBelow(place: ArchivePlace, prefix: string): AsyncGenerator<readonly ArchivedObject[]> {
  for await (const page of listObjects({ ...place, prefix, versions: false })) {
    const mayBe = page.filter(({ storageClass }) => isArchiveClass(storageClass) || storageClass === tiering);
    const found: ArchivedObject[] = [];
    await inParallel(mayBe, headsAtOnce, async ({ key }) => {
      const one = await lookAt(place, Buffer.from(key, 'latin1').toString('utf8'));
      if (one !== null) found.push(one);
    });
    yield found;
  }
}

const tiering = 'INTELLIGENT_TIERING';

/** Null where it is in no class that cannot be read, or is gone. */
export async function lookAt({ s3, bucket, signal }: ArchivePlace, key: string): Promise<ArchivedObject | null> {
  const about = await asked('HeadObject', () =>
    s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal }),
  ).catch((error: unknown) => {
    if (isGone(error)) return null;
    throw error;
  });
  if (about === null) return null;
  const { StorageClass, ArchiveStatus, Restore = '', ContentLength: size = 0 } = about;
  // What Intelligent-Tiering has brought back is an object like any other.
  const storageClass = StorageClass === tiering ? (ArchiveStatus ?? '') : (StorageClass ?? '');
  if (!isArchiveClass(storageClass)) return null;
  const isUnderWay = /ongoing-request="true"/.test(Restore);
  const isThere = /ongoing-request="false"/.test(Restore);
  return { key, size, storageClass, state: isUnderWay ? 'thawing' : isThere ? 'ready' : 'archived' };
}

function isArchiveClass(text: string | null): text is ArchiveClass {
  return (archiveClasses as readonly (string | null)[]).includes(text);
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'AWS_NOT_FOUND';
}
