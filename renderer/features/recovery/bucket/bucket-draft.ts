/** Objects that are given back to a bucket, or brought back out of an archive there, while somebody says which. Pure. */
import type { BucketRunRequest } from '../../../../shared/contract/bucket-runs.ts';
import { bucketPattern } from '../../../../shared/model/aws.ts';
import type { ThawTier } from '../../../../shared/model/s3-archive.ts';
import type { ChosenPlace } from '../points/places-field.tsx';
import { emptyAwsRestore, endpointFault, regionFault, whoOf, type AwsRestoreDraft } from '../aws/aws-draft.ts';

/** Texts as they were typed. As whom, and where, is that of a restore in AWS. */
export type BucketRestoreDraft = AwsRestoreDraft & {
  readonly gives: boolean;
  readonly source: string;
  /** Id of a Holdfast snapshot, as it is called where it was taken; empty: the newest. */
  readonly point: string;
  /** From where it is read; null while that is not known. */
  readonly place: ChosenPlace | null;
  /** What keys begin with. */
  readonly keys: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly overwrite: 'never' | 'if-changed' | 'always';
  readonly versions: 'newest' | 'all';
  readonly thaws: boolean;
  readonly tier: ThawTier;
  readonly days: string;
};

export const emptyBucketRestore: BucketRestoreDraft = {
  ...emptyAwsRestore,
  gives: true,
  source: '',
  point: '',
  place: null,
  keys: '',
  bucket: '',
  prefix: '',
  overwrite: 'never',
  versions: 'newest',
  thaws: false,
  tier: 'Standard',
  days: '7',
};

export function targetFault(text: string): string | null {
  const isName = text.trim() === '' || bucketPattern.test(text.trim());
  return isName ? null : 'A bucket has 3 to 255 letters, digits, dots and hyphens.';
}

export function daysFault(text: string): string | null {
  return daysIn(text) === null ? 'A number of days, 1 to 365.' : null;
}

/** The snapshot in the place that was chosen; null while that is of another one. */
function storedIn({ place, point }: BucketRestoreDraft) {
  const snapshot = place?.snapshots[point];
  return place === null || snapshot === undefined ? null : { connection: place.connection, snapshot };
}

/** Whether what is to be done is said; as whom comes after. */
export function isSaid(draft: BucketRestoreDraft): boolean {
  const { gives, thaws, bucket, source } = draft;
  if (!gives && !thaws) return false;
  if (thaws && daysFault(draft.days) !== null) return false;
  if (gives && (source === '' || storedIn(draft) === null)) return false;
  return bucket.trim() !== '' && targetFault(bucket) === null;
}

/** Null while something is missing or wrong. */
export function bucketRequestOf(draft: BucketRestoreDraft): BucketRunRequest | null {
  const who = whoOf(draft);
  const faults = [regionFault(draft.region), endpointFault(draft.endpoint)];
  if (who === null || !isSaid(draft) || faults.some((fault) => fault !== null)) return null;
  const { gives, source, keys, overwrite, versions, thaws, tier } = draft;
  const place = storedIn(draft);
  const stored =
    place === null
      ? null
      : { repository: { id: place.connection }, selection: keys === '' ? place.snapshot : `${place.snapshot}:${keys}` };
  // An account has an endpoint of its own, and its credential goes nowhere else.
  const isAccount = draft.by === 'account' && draft.account !== '';
  return {
    give: gives && stored !== null ? { ...stored, source, overwrite, versions } : null,
    bucket: draft.bucket.trim(),
    prefix: draft.prefix,
    thaw: thaws ? { tier, days: daysIn(draft.days) ?? 7 } : null,
    who,
    region: orNull(draft.region),
    endpoint: isAccount ? null : orNull(draft.endpoint),
  };
}

/** The command line that does the same. No secret stands in it. */
export function bucketRestoreCommand(
  { give, bucket, prefix = '', thaw, who, region, endpoint }: BucketRunRequest,
  place: Pick<ChosenPlace, 'location'> | null,
) {
  const option = (name: string, value: string | null | undefined) =>
    value === null || value === undefined ? [] : [name, value];
  const keys = who?.keys ?? null;
  return [
    'holdfast',
    'aws',
    'restore',
    'objects',
    `s3://${bucket}/${prefix}`,
    ...(give === null
      ? []
      : [
          '--give',
          give.selection,
          ...option('--source', give.source),
          ...option('--overwrite', give.overwrite === 'never' ? null : give.overwrite),
          ...option('--versions', give.versions === 'all' ? 'all' : null),
        ]),
    ...(thaw === null || thaw === undefined
      ? []
      : ['--thaw', thaw.tier ?? 'Standard', '--days', String(thaw.days ?? 7)]),
    ...option('--region', region),
    ...option('--endpoint', endpoint),
    ...option('--repository', give === null ? null : place?.location),
    ...(keys === null
      ? option('--account', who?.account)
      : ['--access-key', keys.accessKeyId, '--secret', 'secret-access-key=env:AWS_SECRET_ACCESS_KEY']),
  ];
}

function daysIn(text: string): number | null {
  const days = Number(text.trim());
  return Number.isInteger(days) && days >= 1 && days <= 365 ? days : null;
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
