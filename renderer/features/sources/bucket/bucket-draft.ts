/** A bucket as a source while somebody puts it together. Pure. */
import { bucketPattern } from '../../../../shared/model/aws.ts';
import { noHooks } from '../../../../shared/model/hooks.ts';
import { hookProperties } from '../../../../shared/model/typed-hook.ts';
import type { S3BucketDefinition } from '../../../../shared/contract/sources.ts';
import { nameFault, suggestedName } from '../../../components/source-draft.ts';
import {
  emptyPlace,
  isPlaceRight,
  placeDraftOf,
  placeOf,
  placeProperties,
  type PlaceDraft,
} from '../aws/place-draft.ts';

/** Texts as they were typed; empty for what is not said. */
export type BucketDraft = PlaceDraft & {
  readonly bucket: string;
  readonly prefix: string;
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
  ...emptyPlace,
  bucket: '',
  prefix: '',
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

export function bucketNameOf(draft: BucketDraft, taken: ReadonlySet<string>): string {
  const typed = draft.name.trim();
  return typed === '' ? suggestedName([draft.bucket.trim() || 'bucket'], taken) : typed;
}

/** Null while something is missing or wrong. */
export function bucketDefinitionOf(draft: BucketDraft, taken: ReadonlySet<string>): S3BucketDefinition | null {
  const name = bucketNameOf(draft, taken);
  const bucket = draft.bucket.trim();
  if (bucket === '' || bucketFault(bucket) !== null || !isPlaceRight(draft) || nameFault(name, taken) !== null)
    return null;
  const { prefix, versions, objectTags, acls, tags, rpoMs } = draft;
  return {
    kind: 's3-bucket',
    name,
    commands: noHooks,
    tags: [...tags],
    rpoMs,
    ...placeOf(draft),
    bucket,
    prefix,
    versions,
    objectTags,
    acls,
  };
}

export function bucketDraftOf(source: S3BucketDefinition): BucketDraft {
  const { bucket, prefix, versions, objectTags, acls, name, tags, rpoMs } = source;
  return { ...placeDraftOf(source), bucket, prefix, versions, objectTags, acls, name, tags, rpoMs };
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
  const { bucket, prefix, versions, objectTags, acls, commands } = source;
  const all: readonly (readonly [string, string | null])[] = [
    ['bucket', bucket],
    ['prefix', prefix === '' ? null : prefix],
    ...placeProperties(source),
    ['versions', versions ? 'yes' : null],
    ['object-tags', objectTags ? null : 'no'],
    ['acls', acls ? 'yes' : null],
    ...hookProperties(commands),
  ];
  return all.filter((property): property is readonly [string, string] => property[1] !== null);
}
