/** Lists of a bucket, page by page; those without an end are refused. */
import { ListMultipartUploadsCommand, ListObjectsV2Command, type _Object } from '@aws-sdk/client-s3';
import { archiveClasses, type ArchiveState } from '../../../../../shared/model/s3-archive.ts';
import { pagesOf } from '../../../aws/pages.ts';
import type { BucketPlace } from './bucket-place.ts';

type ListedObject = {
  /** Below the repository. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly archived: ArchiveState | null;
};
type ListedUpload = { readonly path: string; readonly uploadId: string; readonly beganAtMs: number };

/** What lies below a folder of the repository, at any depth. AWS_ANSWER_INVALID, and as `BucketPlace.ask`. */
export async function* listObjects(
  place: BucketPlace,
  folder: string,
  /** Whether the store is to say what was brought back; those without archives may not know the question. */
  withRestores = false,
): AsyncGenerator<ListedObject, void> {
  const what = `listing ${folder}`;
  const asked = {
    Bucket: place.bucket,
    Prefix: place.key(`${folder}/`),
    ...(withRestores ? { OptionalObjectAttributes: ['RestoreStatus' as const] } : {}),
  };
  const pages = pagesOf(`${what} at ${place.location}`, async ({ NextToken }) => {
    const more = NextToken === undefined ? {} : { ContinuationToken: NextToken };
    const page = await place.ask(what, (s3) => s3.send(new ListObjectsV2Command({ ...asked, ...more })));
    return {
      objects: page.Contents ?? [],
      NextToken: page.IsTruncated === true ? page.NextContinuationToken : undefined,
    };
  });
  for await (const { objects } of pages) {
    for (const object of objects) {
      const path = place.path(object.Key ?? '');
      if (path !== null) yield { path, size: object.Size ?? 0, archived: archiveStateOf(object) };
    }
  }
}

function archiveStateOf({ StorageClass, RestoreStatus }: _Object): ArchiveState | null {
  const storageClass = archiveClasses.find((one) => one === StorageClass);
  if (storageClass === undefined) return null;
  if (RestoreStatus?.IsRestoreInProgress === true) return { storageClass, state: 'waking' };
  return { storageClass, state: RestoreStatus?.RestoreExpiryDate === undefined ? 'asleep' : 'awake' };
}

/** Whether anything lies below a folder. As `listObjects`. */
export async function holdsObjects(
  place: BucketPlace,
  folder: string,
  isOne: (path: string) => boolean,
): Promise<boolean> {
  for await (const { path } of listObjects(place, folder)) if (isOne(path)) return true;
  return false;
}

/** Uploads in parts that were begun and neither ended nor given up. As `listObjects`. */
export async function* listUploads(place: BucketPlace): AsyncGenerator<ListedUpload, void> {
  const what = 'listing what is unfinished';
  const asked = { Bucket: place.bucket, Prefix: place.key('') };
  const pages = pagesOf(`${what} at ${place.location}`, async ({ NextToken }) => {
    const [KeyMarker, UploadIdMarker] = NextToken === undefined ? [] : (JSON.parse(NextToken) as [string, string]);
    const page = await place.ask(what, (s3) =>
      s3.send(
        new ListMultipartUploadsCommand({
          ...asked,
          ...(KeyMarker === undefined ? {} : { KeyMarker, UploadIdMarker }),
        }),
      ),
    );
    const next = JSON.stringify([page.NextKeyMarker ?? '', page.NextUploadIdMarker ?? '']);
    return { uploads: page.Uploads ?? [], NextToken: page.IsTruncated === true ? next : undefined };
  });
  for await (const { uploads } of pages) {
    for (const { Key = '', UploadId = '', Initiated } of uploads) {
      const path = place.path(Key);
      if (path !== null) yield { path, uploadId: UploadId, beganAtMs: Initiated?.getTime() ?? Date.now() };
    }
  }
}
