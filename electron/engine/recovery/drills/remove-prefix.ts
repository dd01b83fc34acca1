/** Takes away what a drill has put below its prefix of a scratch bucket: objects, their versions, and uploads under way. */
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  type S3Client,
} from '@aws-sdk/client-s3';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { asked } from '../../aws/failures.ts';

/** Everything that drills put into a bucket is below it. */
const drillsPrefix = 'holdfast-drill/';

export function prefixOf(drill: string): string {
  return `${drillsPrefix}${drill}/`;
}

type Place = { readonly s3: S3Client; readonly bucket: string; readonly drill: string; readonly signal: AbortSignal };

/** AWS_… where S3 does not let it. */
export async function removePrefix(place: Place): Promise<void> {
  const prefix = prefixOf(place.drill);
  await abortUploads(place, prefix);
  for (;;) {
    const found = await someVersions(place, prefix);
    if (found.length === 0) return;
    await removeVersions(place, found);
  }
}

/** Uploads under way below a prefix. AWS_… */
export async function abortUploads(
  { s3, bucket: Bucket, signal: abortSignal }: Omit<Place, 'drill'>,
  prefix: string,
): Promise<void> {
  const list = new ListMultipartUploadsCommand({ Bucket, Prefix: prefix });
  for (;;) {
    const { Uploads = [] } = await asked('ListMultipartUploads', () => s3.send(list, { abortSignal }));
    const own = Uploads.filter(({ Key }) => Key?.startsWith(prefix) === true);
    if (own.length === 0) return;
    for (const { Key, UploadId } of own) {
      const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId });
      await asked('AbortMultipartUpload', () => s3.send(abort, { abortSignal }));
    }
  }
}

/** A bucket that keeps no versions has one of each, called `null`. */
async function someVersions({ s3, bucket: Bucket, signal: abortSignal }: Place, prefix: string) {
  const list = new ListObjectVersionsCommand({ Bucket, Prefix: prefix });
  const { Versions = [], DeleteMarkers = [] } = await asked('ListObjectVersions', () => s3.send(list, { abortSignal }));
  return [...Versions, ...DeleteMarkers].flatMap(({ Key, VersionId }): ObjectIdentifier[] =>
    Key?.startsWith(prefix) === true ? [{ Key, ...(VersionId === undefined ? {} : { VersionId }) }] : [],
  );
}

async function removeVersions(
  { s3, bucket: Bucket, signal: abortSignal }: Place,
  all: ObjectIdentifier[],
): Promise<void> {
  const remove = new DeleteObjectsCommand({ Bucket, Delete: { Objects: all.slice(0, 1000), Quiet: true } });
  const { Errors = [] } = await asked('DeleteObjects', () => s3.send(remove, { abortSignal }));
  const [first] = Errors;
  if (first === undefined) return;
  throw new HoldfastError(
    'AWS_DECLINED',
    `${first.Key ?? ''} could not be removed: ${first.Message ?? first.Code ?? ''}`,
  );
}
