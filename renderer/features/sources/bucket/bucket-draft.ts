/** A bucket as a source while somebody puts it together. Pure. */
import { bucketPattern, regionPattern } from '../../../../shared/model/aws.ts';
import { noHooks } from '../../../../shared/model/hooks.ts';
import { isApiUrl } from '../../../../shared/model/source-kinds.ts';
import { hookProperties } from '../../../../shared/model/typed-hook.ts';
import type { S3BucketDefinition } from '../../../../shared/contract/sources.ts';
import { nameFault, suggestedName } from '../../../components/source-draft.ts';

/** Texts as they were typed; empty for what is not said. */
export type BucketDraft = {
  readonly bucket: string;
  readonly prefix: string;
  readonly account: string;
  readonly region: string;
  readonly endpoint: string;
  readonly versions: boolean;
  readonly objectTags: boolean;
  readonly acls: boolean;
  /** Empty: the name that is suggested. */
  readonly name: string;
  /** Kept as they are: they are changed where profiles are given. */
  readonly tags: readonly string[];
  readonly rpoMs: number | null;
};

export const emptyBucketDraft: BucketDraft = {
  bucket: '',
  prefix: '',
  account: '',
  region: '',
  endpoint: '',
  versions: false,
  objectTags: true,
  acls: false,
  name: '',
  tags: [],
  rpoMs: null,
};

export function bucketFault(text: string): string | null {
  const name = text.trim();
  return name === '' || bucketPattern.test(name) ? null : 'A bucket has 3 to 255 letters, digits, dots and hyphens.';
}

export function regionFault(text: string): string | null {
  const region = text.trim();
  return region === '' || regionPattern.test(region) ? null : 'A region is written as eu-central-1.';
}

export function endpointFault(text: string): string | null {
  const endpoint = text.trim();
  if (endpoint === '' || isApiUrl(endpoint)) return null;
  return 'An endpoint begins with https://; on this machine alone, http:// will do.';
}

export function bucketNameOf(draft: BucketDraft, taken: ReadonlySet<string>): string {
  const typed = draft.name.trim();
  return typed === '' ? suggestedName([draft.bucket.trim() || 'bucket'], taken) : typed;
}

/** Null while something is missing or wrong. */
export function bucketDefinitionOf(draft: BucketDraft, taken: ReadonlySet<string>): S3BucketDefinition | null {
  const name = bucketNameOf(draft, taken);
  const bucket = draft.bucket.trim();
  const faults = [
    bucketFault(bucket),
    regionFault(draft.region),
    endpointFault(draft.endpoint),
    nameFault(name, taken),
  ];
  if (bucket === '' || faults.some((fault) => fault !== null)) return null;
  const { prefix, versions, objectTags, acls, tags, rpoMs } = draft;
  return {
    kind: 's3-bucket',
    name,
    commands: noHooks,
    tags: [...tags],
    rpoMs,
    account: orNull(draft.account),
    region: orNull(draft.region),
    endpoint: orNull(draft.endpoint),
    bucket,
    prefix,
    versions,
    objectTags,
    acls,
  };
}

export function bucketDraftOf(source: S3BucketDefinition): BucketDraft {
  const { bucket, prefix, account, region, endpoint, versions, objectTags, acls, name, tags, rpoMs } = source;
  const texts = { account: account ?? '', region: region ?? '', endpoint: endpoint ?? '' };
  return { bucket, prefix, ...texts, versions, objectTags, acls, name, tags, rpoMs };
}

export function addBucketCommand(source: S3BucketDefinition): readonly string[] {
  const properties = propertiesOf(source).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  return ['holdfast', 'source', 'add', 's3-bucket', '--name', source.name, ...properties];
}

/** What makes `before` into `after`; what was there and is there no more is taken away. */
export function changeBucketCommand(before: S3BucketDefinition, after: S3BucketDefinition): readonly string[] {
  const was = new Map(propertiesOf(before));
  const is = new Map(propertiesOf(after));
  const set = [...is].filter(([key, value]) => was.get(key) !== value);
  const unset = [...was.keys()].filter((key) => !is.has(key));
  return [
    'holdfast',
    'source',
    'set',
    after.name,
    ...set.flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ...unset.flatMap((key) => ['--unset', key]),
  ];
}

/** What is not as usual. */
function propertiesOf(source: S3BucketDefinition): readonly (readonly [string, string])[] {
  const { bucket, prefix, account, region, endpoint, versions, objectTags, acls, commands } = source;
  const all: readonly (readonly [string, string | null])[] = [
    ['bucket', bucket],
    ['prefix', prefix === '' ? null : prefix],
    ['account', account],
    ['region', region],
    ['endpoint', endpoint],
    ['versions', versions ? 'yes' : null],
    ['object-tags', objectTags ? null : 'no'],
    ['acls', acls ? 'yes' : null],
    ...hookProperties(commands),
  ];
  return all.filter((property): property is readonly [string, string] => property[1] !== null);
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
