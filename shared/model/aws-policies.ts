/** The smallest policies that are enough for each purpose, as documents that AWS takes. Pure. */
import { awsRights, type AwsPurpose, type AwsScope } from './aws-rights.ts';

/** A customer managed policy may have so many characters; AWS does not count white space. */
export const longestPolicy = 6_144;

/** Of snapshots of a source; of what a restore has made. */
const sourceTag = 'aws:ResourceTag/holdfast:source';
const restoreTag = 'aws:ResourceTag/holdfast:restore';
/** What is written on a snapshot of a source after it was made: none that says whose it is. */
const notedTags = ['holdfast:consistency', 'holdfast:lock'];

type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
export type PolicyStatement = {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Condition;
};
export type Policy = { readonly Version: '2012-10-17'; readonly Statement: readonly PolicyStatement[] };

export type PolicyPlace = {
  /** Empty: any. */
  readonly buckets: readonly string[];
  readonly regions: readonly string[];
};

const making: Readonly<Record<AwsPurpose, readonly string[]>> = {
  protect: ['CreateSnapshot', 'CreateSnapshots', 'CopySnapshot'],
  restore: ['CopySnapshot', 'StartSnapshot'],
  'off-cloud': [],
  bucket: [],
  'give-back': [],
  hooks: [],
};

export function policyFor(purpose: AwsPurpose, place: PolicyPlace): Policy {
  const scopes = [...new Set(awsRights[purpose].map(({ scope }) => scope))];
  const allowed = scopes.map((scope) => allow(purpose, scope, place));
  return { Version: '2012-10-17', Statement: [...allowed, ...(purpose === 'protect' ? [...denied] : [])] };
}

/** As AWS counts them. */
export function policyLength(policy: Policy): number {
  return JSON.stringify(policy).length;
}

/** Whatever else an identity may: a key that only protects must not be good for destroying. */
const denied: readonly PolicyStatement[] = [
  {
    Sid: 'NeverOthersSnapshots',
    Effect: 'Deny',
    Action: ['ec2:DeleteSnapshot', 'ec2:LockSnapshot', 'ec2:ModifySnapshotAttribute'],
    Resource: '*',
    Condition: { Null: { [sourceTag]: 'true' } },
  },
  { Sid: 'NeverUnlock', Effect: 'Deny', Action: ['ec2:UnlockSnapshot'], Resource: '*' },
];

function allow(purpose: AwsPurpose, scope: AwsScope, place: PolicyPlace): PolicyStatement {
  const Action = awsRights[purpose].filter((one) => one.scope === scope).map(({ action }) => action);
  const Condition = conditionOf(purpose, scope, place);
  return {
    Sid: sidOf(scope),
    Effect: 'Allow',
    Action,
    Resource: resourcesOf(scope, place),
    ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
  };
}

function sidOf(scope: AwsScope): string {
  return scope.charAt(0).toUpperCase() + scope.slice(1);
}

function resourcesOf(scope: AwsScope, { buckets, regions }: PolicyPlace): string | readonly string[] {
  const arn = `arn:${partitionOf(regions)}`;
  const named = buckets.length === 0 ? ['*'] : buckets;
  if (scope === 'bucket') return single(named.map((bucket) => `${arn}:s3:::${bucket}`));
  if (scope === 'object') return single(named.map((bucket) => `${arn}:s3:::${bucket}/*`));
  if (scope === 'newTags' || scope === 'oursNoted') return `${arn}:ec2:*::snapshot/*`;
  if (scope === 'instanceRole') return `${arn}:iam::*:role/*`;
  if (scope === 'scripts') {
    const documents = ['AWS-RunShellScript', 'AWS-RunPowerShellScript'].map((name) => `${arn}:ssm:*::document/${name}`);
    return [...documents, `${arn}:ec2:*:*:instance/*`];
  }
  if (scope !== 'machines') return '*';
  const kinds = ['volume', 'instance', 'network-interface', 'security-group', 'elastic-ip', 'replace-root-volume-task'];
  return [...kinds.map((kind) => `${arn}:ec2:*:*:${kind}/*`), `${arn}:ec2:*::image/*`];
}

function conditionOf(purpose: AwsPurpose, scope: AwsScope, { regions }: PolicyPlace): Condition {
  const isOfRegion = scope !== 'bucket' && scope !== 'object' && scope !== 'instanceRole';
  const isOfBuckets = purpose === 'bucket' || purpose === 'give-back';
  // Who one is, and which buckets there are, is asked wherever that is nearest.
  const where: Condition =
    regions.length > 0 && isOfRegion && !isOfBuckets
      ? { StringEquals: { 'aws:RequestedRegion': single(regions) } }
      : {};
  const equals = where['StringEquals'] ?? {};
  switch (scope) {
    case 'newTags':
      return { StringEquals: { ...equals, 'ec2:CreateAction': making[purpose] } };
    case 'ours':
      return { ...where, Null: { [sourceTag]: 'false' } };
    case 'oursNoted': {
      const isOurs = { Null: { [sourceTag]: 'false' } };
      return { ...where, ...isOurs, 'ForAllValues:StringEquals': { 'aws:TagKeys': notedTags } };
    }
    case 'restored':
      return { ...where, Null: { [restoreTag]: 'false' } };
    case 'grant':
      return { ...where, Bool: { 'kms:GrantIsForAWSResource': 'true' } };
    case 'instanceRole':
      return { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } };
    case 'key':
      return isOfBuckets ? { StringLike: { 'kms:ViaService': 's3.*.amazonaws.com' } } : where;
    case 'any':
    case 'scripts':
    case 'machines':
    case 'bucket':
    case 'object':
      return where;
  }
}

/** Regions of other partitions of AWS are told by how their names begin. */
function partitionOf(regions: readonly string[]): string {
  const [first = ''] = regions;
  if (first.startsWith('cn-')) return 'aws-cn';
  return first.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function single(texts: readonly string[]): string | readonly string[] {
  const [first, ...others] = texts;
  return first !== undefined && others.length === 0 ? first : texts;
}
