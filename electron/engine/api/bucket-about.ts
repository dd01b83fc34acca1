/** What is known of a bucket that is protected: what its newest snapshot holds, and what S3 says of it now. */
import { GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import type { z } from 'zod';
import type { BucketAbout, bucketsContract } from '../../../shared/contract/buckets.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { AwsClients } from '../aws/clients.ts';
import { asked } from '../aws/failures.ts';
import { ReadPool } from '../repository/read-pool.ts';
import type { Repository } from '../repository/repository.ts';
import { readBucketFile, type BucketFacts } from '../sources/s3-bucket/bucket-file.ts';
import { openAccess } from './access.ts';
import { awsAccessOf } from './aws-access.ts';
import type { CallContext } from './context.ts';
import { findSnapshot } from './find-snapshot.ts';

type Input = z.infer<NonNullable<(typeof bucketsContract.about)['~orpc']['inputSchema']>>;

export async function aboutBucket(
  context: CallContext,
  { repository: named, source, bucket, place }: Input,
  signal: AbortSignal | undefined,
): Promise<BucketAbout> {
  const repository = await openAccess(context, named);
  const found = await findSnapshot(context, repository, { repository: named, snapshot: 'latest', source }).catch(
    (error: unknown) => {
      if (error instanceof HoldfastError && error.code === 'SNAPSHOT_NOT_FOUND') return null;
      throw error;
    },
  );
  const snapshot = found?.snapshot ?? null;
  const facts = snapshot === null ? null : await factsOf(repository, snapshot.file.tree);
  const access = await awsAccessOf(context, place);
  return {
    snapshot: snapshot === null ? null : { id: snapshot.id, takenAt: new Date(snapshot.takenAtMs).toISOString() },
    objects: facts?.objects ?? 0,
    bytes: facts?.bytes ?? 0,
    classes: Object.entries(facts?.classes ?? {})
      .map(([storageClass, amount]) => ({ storageClass, ...amount }))
      .toSorted((a, b) => b.bytes - a.bytes),
    versioning: await versioningOf(access, bucket, signal ?? new AbortController().signal),
  };
}

async function factsOf(repository: Repository, tree: string): Promise<BucketFacts | null> {
  const pool = await ReadPool.open(repository, { threads: 1 });
  try {
    return await readBucketFile(pool.reader, tree);
  } finally {
    await pool.close();
  }
}

/** Null where it may not be asked, or this store does not know it. */
async function versioningOf(
  access: ConstructorParameters<typeof AwsClients>[0],
  Bucket: string,
  signal: AbortSignal,
): Promise<BucketAbout['versioning']> {
  using clients = new AwsClients(access, { attempts: 3 });
  try {
    const { Status } = await asked('GetBucketVersioning', () =>
      clients.s3().send(new GetBucketVersioningCommand({ Bucket }), { abortSignal: signal }),
    );
    return Status === 'Enabled' ? 'on' : Status === 'Suspended' ? 'suspended' : 'off';
  } catch (error) {
    if (error instanceof HoldfastError && (error.code === 'AWS_FORBIDDEN' || error.code === 'AWS_DECLINED'))
      return null;
    throw error;
  }
}
