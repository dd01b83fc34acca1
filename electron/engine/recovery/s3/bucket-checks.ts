/** Whether a run into a bucket could do what it is to do, found out without changing what is there. */
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetBucketVersioningCommand,
  ListObjectsV2Command,
  RestoreObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import type { BucketRunPlan } from '../../../../shared/contract/bucket-runs.ts';
import type { PreflightCheck } from '../../../../shared/contract/preflight-check.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { archiveName, longestThawMs, type ThawAmount } from '../../../../shared/model/s3-archive.ts';
import { countOf } from '../../../../shared/model/units.ts';
import { asked, AwsFailure } from '../../aws/failures.ts';
import { archivedBelow } from './archived.ts';
import { mostThawed, tooMany } from './thaw.ts';

type Look = { readonly s3: S3Client; readonly plan: BucketRunPlan; readonly signal: AbortSignal };

export async function bucketChecks(look: Look): Promise<PreflightCheck[]> {
  const { plan } = look;
  const checks = [await listCheck(look)];
  if (checks.some(({ level }) => level === 'blocker')) return checks;
  if (plan.give !== null) checks.push(await versionCheck(look), await writeCheck(look));
  if (plan.thaw !== null) checks.push(await thawCheck(look));
  return checks;
}

/** By class; what somebody has asked for already is left out. BAD_USAGE where it is too much for one run. */
export async function amountsToThaw({ s3, plan, signal }: Look): Promise<readonly ThawAmount[]> {
  const amounts = new Map<ThawAmount['storageClass'], ThawAmount>();
  let count = 0;
  const place = { s3, bucket: plan.bucket, signal };
  for await (const page of archivedBelow(place, thawPrefix(plan))) {
    for (const { storageClass, size, state } of page) {
      if (state !== 'archived') continue;
      count += 1;
      if (count > mostThawed) throw tooMany();
      const { objects, bytes } = amounts.get(storageClass) ?? { objects: 0, bytes: 0 };
      amounts.set(storageClass, { storageClass, objects: objects + 1, bytes: bytes + size });
    }
  }
  return [...amounts.values()];
}

/** What is brought back: all that the run gives lies below it. */
export function thawPrefix({ prefix, give }: BucketRunPlan): string {
  return prefix + (give?.from ?? '');
}

/** Of a class that knows no such tier. */
export function tierChecks(tier: NonNullable<BucketRunPlan['thaw']>['tier'], amounts: readonly ThawAmount[]) {
  return amounts
    .filter(({ storageClass }) => longestThawMs(storageClass, tier) === null)
    .map(({ storageClass, objects }): PreflightCheck => {
      const text = `${countOf(objects, 'object')} in ${archiveName(storageClass)} cannot be had so soon: choose Standard or Bulk.`;
      return check('blocker', `tier ${storageClass}`, `${tier} is not offered there`, text);
    });
}

async function listCheck({ s3, plan: { bucket: Bucket }, signal }: Look): Promise<PreflightCheck> {
  try {
    await asked('ListObjectsV2', () =>
      s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), { abortSignal: signal }),
    );
    return check('ok', 'bucket', 'The bucket answers', `s3://${Bucket}`);
  } catch (error) {
    return refused('bucket', 'The bucket cannot be listed', error);
  }
}

async function versionCheck({ s3, plan: { bucket: Bucket, give }, signal }: Look): Promise<PreflightCheck> {
  const wantsAll = give?.versions === 'all';
  try {
    const { Status } = await asked('GetBucketVersioning', () =>
      s3.send(new GetBucketVersioningCommand({ Bucket }), { abortSignal: signal }),
    );
    if (Status === 'Enabled')
      return check(
        'ok',
        'versions',
        'The bucket keeps versions',
        'What is replaced there stays as an earlier version.',
      );
    if (wantsAll) {
      const text =
        'Of a bucket that keeps no versions only the newest would be left: turn versioning on, or give back the newest.';
      return check('blocker', 'versions', 'The bucket keeps no versions', text);
    }
    return check('warning', 'versions', 'The bucket keeps no versions', 'What is replaced there is gone for good.');
  } catch (error) {
    if (wantsAll) return refused('versions', 'Whether the bucket keeps versions is not known', error);
    const { message } = toHoldfastError(error);
    return check('warning', 'versions', 'Whether the bucket keeps versions is not known', message);
  }
}

/** By an upload that is begun and given up at once: nothing of it is ever an object. */
async function writeCheck({ s3, plan, signal }: Look): Promise<PreflightCheck> {
  const input = { Bucket: plan.bucket, Key: `${plan.prefix}holdfast-trial-${randomUUID()}` };
  const options = { abortSignal: signal };
  try {
    const { UploadId } = await asked('CreateMultipartUpload', () =>
      s3.send(new CreateMultipartUploadCommand(input), options),
    );
    await asked('AbortMultipartUpload', () =>
      s3.send(new AbortMultipartUploadCommand({ ...input, UploadId }), options),
    );
    return check('ok', 'write', 'It may be written to', 'Tried by an upload that was begun and given up.');
  } catch (error) {
    return refused('write', 'It may not be written to', error);
  }
}

/** By an order for what is not there. */
async function thawCheck({ s3, plan, signal }: Look): Promise<PreflightCheck> {
  const Key = `${thawPrefix(plan)}holdfast-trial-${randomUUID()}`;
  const input = {
    Bucket: plan.bucket,
    Key,
    RestoreRequest: { Days: 1, GlacierJobParameters: { Tier: 'Bulk' } },
  } as const;
  try {
    await asked('RestoreObject', () => s3.send(new RestoreObjectCommand(input), { abortSignal: signal }));
  } catch (error) {
    if (error instanceof AwsFailure && error.code === 'AWS_NOT_FOUND')
      return check('ok', 'thaw', 'Archived objects may be asked for', 'Tried with a key that is not there.');
    return refused('thaw', 'Archived objects may not be asked for', error);
  }
  return check('warning', 'thaw', 'Archived objects may be asked for', 'It answered an order for what is not there.');
}

function refused(id: string, title: string, error: unknown): PreflightCheck {
  if (!(error instanceof HoldfastError) || error.code === 'CANCELLED') throw error;
  return check('blocker', id, title, error.message);
}

function check(level: PreflightCheck['level'], id: string, title: string, detail: string): PreflightCheck {
  return { level, id, title, detail };
}
