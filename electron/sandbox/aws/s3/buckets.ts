/** Buckets themselves: made, listed, removed, and how they are set. */
import { childOf, childrenOf, textOf, toTree, type XmlElement, type XmlTree } from '../protocol/xml.ts';
import { Refusal, type Answer } from '../service.ts';
import { Bucket } from './bucket.ts';
import { header, isoSeconds, xmlAnswer, xmlBody, type BucketCall, type S3Call, type S3Route } from './call.ts';
import { lockSettings, setLockSettings } from './locks.ts';
import { malformedXml } from './refusals.ts';

/** Those that are about no bucket that is there. */
export const newBucketRoutes: readonly S3Route<S3Call>[] = [
  { name: 'ListBuckets', method: 'GET', where: 'service', action: 's3:ListAllMyBuckets', answer: list },
  { name: 'CreateBucket', method: 'PUT', where: 'bucket', action: 's3:CreateBucket', answer: create },
];

export const bucketRoutes: readonly S3Route[] = [
  setting('GET', 'GetBucketLocation', 'location', 's3:GetBucketLocation', location),
  setting('GET', 'GetBucketVersioning', 'versioning', 's3:GetBucketVersioning', versioning),
  setting('PUT', 'PutBucketVersioning', 'versioning', 's3:PutBucketVersioning', setVersioning),
  setting('GET', 'GetObjectLockConfiguration', 'object-lock', 's3:GetBucketObjectLockConfiguration', lockSettings),
  setting('PUT', 'PutObjectLockConfiguration', 'object-lock', 's3:PutBucketObjectLockConfiguration', setLockSettings),
  setting('GET', 'GetBucketTagging', 'tagging', 's3:GetBucketTagging', tags),
  setting('PUT', 'PutBucketTagging', 'tagging', 's3:PutBucketTagging', setTags),
  setting('GET', 'GetBucketEncryption', 'encryption', 's3:GetEncryptionConfiguration', encryption),
  setting('PUT', 'PutBucketEncryption', 'encryption', 's3:PutEncryptionConfiguration', setEncryption),
  ...document('lifecycle', 'BucketLifecycleConfiguration', 'LifecycleConfiguration', {
    code: 'NoSuchLifecycleConfiguration',
    message: 'The lifecycle configuration does not exist',
  }),
  ...document('cors', 'BucketCors', 'CORSConfiguration', {
    code: 'NoSuchCORSConfiguration',
    message: 'The CORS configuration does not exist',
  }),
  ...document('publicAccessBlock', 'PublicAccessBlock', 'PublicAccessBlockConfiguration', {
    code: 'NoSuchPublicAccessBlockConfiguration',
    message: 'The public access block configuration was not found',
  }),
  { name: 'HeadBucket', method: 'HEAD', where: 'bucket', action: 's3:ListBucket', answer: head },
  { name: 'DeleteBucket', method: 'DELETE', where: 'bucket', action: 's3:DeleteBucket', answer: remove },
];

function setting(
  method: 'GET' | 'PUT',
  name: string,
  query: string,
  action: string,
  answer: S3Route['answer'],
): S3Route {
  return { name, method, where: 'bucket', query: [query], action, answer };
}

/** What is put, kept and given back as it was. */
function document(
  query: string,
  name: string,
  root: string,
  none: { readonly code: string; readonly message: string },
): S3Route[] {
  const get = ({ bucket }: BucketCall): Answer => {
    const kept = bucket.documents.get(query);
    if (kept === undefined) throw new Refusal(404, none.code, none.message);
    return xmlAnswer(root, kept);
  };
  const put = async (call: BucketCall): Promise<Answer> => {
    const tree = toTree(await xmlBody(call, root));
    if (typeof tree !== 'object' || tree === null) throw malformedXml();
    call.bucket.documents.set(query, tree as XmlTree);
    return { status: 200 };
  };
  const right = query === 'publicAccessBlock' ? 'BucketPublicAccessBlock' : root.replace(/^CORSC/, 'BucketCORSC');
  return [
    setting('GET', `Get${name}`, query, `s3:Get${right}`, get),
    setting('PUT', `Put${name}`, query, `s3:Put${right}`, put),
  ];
}

function list({ world, caller, region, query }: S3Call): Answer {
  const prefix = query.get('prefix') ?? '';
  const wanted = query.get('bucket-region');
  const own = [...world.buckets.values()]
    .filter(({ account, name }) => account === caller.account && name.startsWith(prefix))
    .filter((bucket) => wanted === null || bucket.region === wanted)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return xmlAnswer('ListAllMyBucketsResult', {
    Owner: { ID: caller.account, DisplayName: region },
    Buckets: {
      Bucket: own.map((bucket) => ({
        Name: bucket.name,
        CreationDate: isoSeconds(bucket.createdMs),
        BucketRegion: bucket.region,
      })),
    },
  });
}

async function create(call: S3Call): Promise<Answer> {
  const { world, bucketName: name, caller, region } = call;
  if (!/^(?!\d+\.\d+\.\d+\.\d+$)[a-z\d](?:[a-z\d-]|\.(?!\.)){1,61}[a-z\d]$/.test(name)) {
    throw new Refusal(400, 'InvalidBucketName', 'The specified bucket is not valid.', { fields: { BucketName: name } });
  }
  const hasBody = Number(header(call, 'content-length') ?? 0) > 0;
  const wanted = hasBody ? textOf(await xmlBody(call, 'CreateBucketConfiguration'), 'LocationConstraint') : undefined;
  if ((wanted ?? 'us-east-1') !== region) {
    const words = `The ${wanted ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`;
    throw new Refusal(400, 'IllegalLocationConstraintException', words);
  }
  const there = world.buckets.get(name);
  if (there !== undefined && (there.account !== caller.account || region !== 'us-east-1')) throw taken(there, caller);
  if (there === undefined) {
    const bucket = new Bucket({ name, region, account: caller.account, createdMs: world.clock.now() });
    if (header(call, 'x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true') {
      bucket.lock = { default: null };
      bucket.versioning = 'Enabled';
    }
    world.buckets.set(name, bucket);
  }
  return { status: 200, headers: { location: `/${name}` } };
}

function taken(there: Bucket, caller: S3Call['caller']): Refusal {
  return there.account === caller.account
    ? new Refusal(
        409,
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
      )
    : new Refusal(
        409,
        'BucketAlreadyExists',
        'The requested bucket name is not available. The bucket namespace is shared by all users of the system.',
      );
}

function head({ bucket }: BucketCall): Answer {
  return { status: 200, headers: { 'x-amz-bucket-region': bucket.region, 'content-type': 'application/xml' } };
}

/** Delete markers count as contents, and so do uploads that were never finished not. */
function remove({ world, bucket }: BucketCall): Answer {
  if (bucket.keys.length > 0) {
    throw new Refusal(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', {
      fields: { BucketName: bucket.name },
    });
  }
  world.buckets.delete(bucket.name);
  return { status: 204 };
}

function location({ bucket }: BucketCall): Answer {
  const text = bucket.region === 'us-east-1' ? '' : bucket.region;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${text}</LocationConstraint>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function versioning({ bucket }: BucketCall): Answer {
  return xmlAnswer('VersioningConfiguration', { Status: bucket.versioning === 'off' ? null : bucket.versioning });
}

async function setVersioning(call: BucketCall): Promise<Answer> {
  const status = textOf(await xmlBody(call, 'VersioningConfiguration'), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedXml();
  if (call.bucket.lock !== null && status === 'Suspended') {
    const words = 'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.';
    throw new Refusal(409, 'InvalidBucketState', words);
  }
  call.bucket.versioning = status;
  return { status: 200 };
}

function tags({ bucket }: BucketCall): Answer {
  if (bucket.tags.length === 0) throw new Refusal(404, 'NoSuchTagSet', 'The TagSet does not exist');
  return xmlAnswer('Tagging', { TagSet: { Tag: bucket.tags.map(([Key, Value]) => ({ Key, Value })) } });
}

async function setTags(call: BucketCall): Promise<Answer> {
  call.bucket.tags = tagsIn(await xmlBody(call, 'Tagging'));
  return { status: 204 };
}

/** What stands in a `Tagging`. */
export function tagsIn(tagging: XmlElement): [string, string][] {
  const set = childOf(tagging, 'TagSet');
  if (set === undefined) throw malformedXml();
  return childrenOf(set, 'Tag').map((tag) => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? '']);
}

function encryption({ bucket }: BucketCall): Answer {
  const algorithm = bucket.encryption['x-amz-server-side-encryption'];
  const key = bucket.encryption['x-amz-server-side-encryption-aws-kms-key-id'];
  return xmlAnswer('ServerSideEncryptionConfiguration', {
    Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: key } },
  });
}

async function setEncryption(call: BucketCall): Promise<Answer> {
  const rule = childOf(await xmlBody(call, 'ServerSideEncryptionConfiguration'), 'Rule');
  const chosen = rule === undefined ? undefined : childOf(rule, 'ApplyServerSideEncryptionByDefault');
  const algorithm = chosen === undefined ? undefined : textOf(chosen, 'SSEAlgorithm');
  if (chosen === undefined || algorithm === undefined) throw malformedXml();
  const key = textOf(chosen, 'KMSMasterKeyID');
  call.bucket.encryption = {
    'x-amz-server-side-encryption': algorithm,
    ...(key !== undefined && { 'x-amz-server-side-encryption-aws-kms-key-id': key }),
  };
  return { status: 200 };
}
