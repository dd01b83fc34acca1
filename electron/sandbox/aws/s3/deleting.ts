/** Objects as they are deleted: a marker where versions are kept, for good where one is named; and what tags say. */
import { childrenOf, textOf } from '../protocol/xml.ts';
import { Refusal, type Answer } from '../service.ts';
import { rawKeyOf, type ObjectVersion, type RawKey } from './bucket.ts';
import { tagsIn } from './buckets.ts';
import { demandVersion, header, versionHeader, xmlAnswer, xmlBody, type BucketCall, type S3Route } from './call.ts';
import { checkRemoval } from './locks.ts';
import { promisesChecksum } from './payload.ts';
import { isNamed, ofVersion } from './reading.ts';
import { accessDenied, invalidRequest, malformedXml, preconditionFailed } from './refusals.ts';

export const deletingRoutes: readonly S3Route[] = [
  {
    name: 'DeleteObjects',
    method: 'POST',
    where: 'bucket',
    query: ['delete'],
    action: 's3:DeleteObject',
    answer: deleteMany,
  },
  tagging('GET', 'GetObjectTagging', 's3:GetObjectTagging', tags),
  tagging('PUT', 'PutObjectTagging', 's3:PutObjectTagging', setTags),
  tagging('DELETE', 'DeleteObjectTagging', 's3:DeleteObjectTagging', removeTags),
  {
    name: 'DeleteObject',
    method: 'DELETE',
    where: 'object',
    action: ofVersion('s3:DeleteObject'),
    answer: deleteOne,
  },
];

const mostAtOnce = 1000;
const mostTags = 10;

function tagging(method: 'GET' | 'PUT' | 'DELETE', name: string, action: string, answer: S3Route['answer']): S3Route {
  return { name, method, where: 'object', query: ['tagging'], action, answer };
}

type Deleted = { readonly id: string; readonly isMarker: boolean } | null;

function deleteOne(call: BucketCall): Answer {
  const match = header(call, 'if-match');
  const current = call.bucket.current(call.key);
  if (match !== undefined && (current === undefined || !isNamed(match, current))) throw preconditionFailed('If-Match');
  const deleted = deleteKey(call, call.key, call.query.get('versionId'));
  const headers = {
    'x-amz-version-id': deleted?.id,
    'x-amz-delete-marker': deleted?.isMarker === true ? 'true' : undefined,
  };
  return { status: 204, headers };
}

/** What became of it; null where nothing has an id. Deleting what is not there is no error. */
function deleteKey(call: BucketCall, key: RawKey, id: string | null): Deleted {
  const { bucket } = call;
  if (id !== null) return deleteVersion(call, key, id);
  if (bucket.versioning === 'off') {
    bucket.removeVersion(key, 'null');
    return null;
  }
  const marker = bucket.put(markerOf(key, call.world.clock.now()));
  return { id: marker.id, isMarker: true };
}

function deleteVersion(call: BucketCall, key: RawKey, id: string): Deleted {
  const version = call.bucket.version(key, id);
  if (version === undefined) return { id, isMarker: false };
  if (version.content !== null) checkRemoval(call, version);
  call.bucket.removeVersion(key, id);
  return { id, isMarker: version.content === null };
}

function markerOf(key: RawKey, modifiedMs: number): Omit<ObjectVersion, 'id'> {
  return {
    key,
    content: null,
    etag: '',
    modifiedMs,
    headers: {},
    storageClass: 'STANDARD',
    checksum: null,
    parts: null,
    encryption: {},
    tags: [],
    retention: null,
    legalHold: false,
    restored: null,
  };
}

/** One that cannot be deleted does not keep the others; what failed stands in the answer, which is a good one. */
async function deleteMany(call: BucketCall): Promise<Answer> {
  if (!promisesChecksum(call)) {
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const body = await xmlBody(call, 'Delete');
  const wanted = childrenOf(body, 'Object').map((object) => ({
    key: textOf(object, 'Key') ?? '',
    id: textOf(object, 'VersionId') ?? null,
  }));
  if (wanted.length === 0 || wanted.length > mostAtOnce) throw malformedXml();
  const results = wanted.map((one) => ({ ...one, result: attempt(call, one.key, one.id) }));
  const isQuiet = textOf(body, 'Quiet') === 'true';
  return xmlAnswer('DeleteResult', {
    Deleted: results
      .filter(({ result }) => !(result instanceof Refusal) && !isQuiet)
      .map(({ key, id, result }) => deletedEntry(key, id, result as Deleted)),
    Error: results.flatMap(({ key, id, result }) =>
      result instanceof Refusal ? [{ Key: key, VersionId: id, Code: result.code, Message: result.message }] : [],
    ),
  });
}

function attempt(call: BucketCall, key: string, id: string | null): Deleted | Refusal {
  if (id !== null && !call.may('s3:DeleteObjectVersion')) return accessDenied();
  try {
    return deleteKey(call, rawKeyOf(key), id);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function deletedEntry(key: string, asked: string | null, deleted: Deleted): Record<string, string | null> {
  const isMarker = deleted?.isMarker === true;
  return {
    Key: key,
    VersionId: asked,
    DeleteMarker: isMarker ? 'true' : null,
    DeleteMarkerVersionId: isMarker ? deleted.id : null,
  };
}

function tags(call: BucketCall): Answer {
  const version = demandVersion(call);
  const Tag = version.tags.map(([Key, Value]) => ({ Key, Value }));
  return xmlAnswer('Tagging', { TagSet: { Tag } }, versionHeader(call, version));
}

async function setTags(call: BucketCall): Promise<Answer> {
  const given = tagsIn(await xmlBody(call, 'Tagging'));
  const version = demandVersion(call);
  if (given.length > mostTags) throw new Refusal(400, 'BadRequest', 'Object tags cannot be greater than 10');
  if (new Set(given.map(([key]) => key)).size < given.length) {
    throw new Refusal(400, 'InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  version.tags = given;
  return { status: 200, ...withHeaders(versionHeader(call, version)) };
}

function removeTags(call: BucketCall): Answer {
  const version = demandVersion(call);
  version.tags = [];
  return { status: 204, ...withHeaders(versionHeader(call, version)) };
}

function withHeaders(headers: Answer['headers']): Pick<Answer, 'headers'> {
  return headers === undefined ? {} : { headers };
}
