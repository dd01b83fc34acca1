/** Properties of a bucket as they are typed, and as they are shown. */
import { s3BucketDefinitionSchema, type S3BucketDefinition } from '../../shared/contract/sources.ts';
import { yesOrNo } from './arguments.ts';
import { badUsage } from './failure.ts';
import { checked, type Given, type Properties } from './given-properties.ts';

export const BUCKET_HELP = `Keys of an s3-bucket source:
  bucket               its name
  prefix               only keys that begin with it
  account              a registered AWS account; without it, the AWS environment and profiles of this machine
  region               such as eu-central-1; that of the account without it
  endpoint             https://… of a store that speaks as S3 does
  versions             yes or no (no): all versions that there are, and what was deleted
  object-tags          yes or no (yes)
  acls                 yes or no (no): grants of objects, a call for each new one`;

export const bucketKeys = [
  'bucket',
  'prefix',
  'account',
  'region',
  'endpoint',
  'versions',
  'object-tags',
  'acls',
] as const;

/** With nothing in it but its name. BAD_USAGE. */
export function newBucket(common: object, properties: Properties): S3BucketDefinition {
  const bucket = properties.get('bucket')?.[0] ?? 'nothing';
  return checked(s3BucketDefinitionSchema, { kind: 's3-bucket', ...common, bucket });
}

/** BAD_USAGE. */
export function bucketWith(before: S3BucketDefinition, of: Given): S3BucketDefinition {
  const orNull = (key: 'account' | 'region' | 'endpoint') => of.value(key, before[key], (text) => text);
  const bucket = of.value<string | null>('bucket', before.bucket === 'nothing' ? null : before.bucket, (text) => text);
  if (bucket === null) throw badUsage('An s3-bucket source needs --set bucket=<name>.');
  return checked(s3BucketDefinitionSchema, {
    ...before,
    bucket,
    prefix: of.value('prefix', before.prefix, (text) => text ?? ''),
    account: orNull('account'),
    region: orNull('region'),
    endpoint: orNull('endpoint'),
    versions: of.value('versions', before.versions, (text) => yesOrNo('versions', text)),
    objectTags: of.value('object-tags', before.objectTags, (text) => text === null || yesOrNo('object-tags', text)),
    acls: of.value('acls', before.acls, (text) => yesOrNo('acls', text)),
  });
}

export function bucketFacts(source: S3BucketDefinition): (readonly [string, string | null])[] {
  const { bucket, prefix, account, region, endpoint, versions, objectTags, acls } = source;
  return [
    ['bucket', bucket],
    ['prefix', prefix === '' ? null : prefix],
    ['account', account],
    ['region', region],
    ['endpoint', endpoint],
    ['versions', versions ? 'yes' : null],
    ['object-tags', objectTags ? null : 'no'],
    ['acls', acls ? 'yes' : null],
  ];
}
