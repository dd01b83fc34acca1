/** A call to S3 on its way to its handler, and what many handlers say and ask. */
import { parseXml, xmlDocument, XmlProblem, type XmlElement, type XmlTree } from '../protocol/xml.ts';
import { Refusal, type Answer, type Asked, type Call } from '../service.ts';
import { keyText, type Bucket, type ObjectVersion, type RawKey } from './bucket.ts';
import { accessDenied, malformedXml, noSuchKey, noSuchVersion } from './refusals.ts';
import { receiveText } from './payload.ts';
import { type S3World } from './world.ts';

export type S3Call = Call & {
  readonly world: S3World;
  /** Empty for calls about none. */
  readonly bucketName: string;
  readonly key: RawKey;
};

export type BucketCall = S3Call & { readonly bucket: Bucket };

export type Where = 'service' | 'bucket' | 'object';

export type S3Route<Of extends S3Call = BucketCall> = {
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly where: Where;
  /** Parameters of the query that it takes. */
  readonly query?: readonly string[];
  /** A header that it takes. */
  readonly header?: string;
  /** Several: of a version that is named, and else. */
  readonly action: string | ((asked: Asked) => string);
  answer(call: Of): Answer | Promise<Answer>;
};

export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function xmlAnswer(root: string, content: XmlTree, headers: Answer['headers'] = {}): Answer {
  const body = xmlDocument(root, s3Namespace, content);
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body };
}

/** The root of the body. Throws for what is no XML or has another root. */
export async function xmlBody(call: S3Call, root: string): Promise<XmlElement> {
  const text = await receiveText(call);
  try {
    const element = parseXml(text);
    if (element.name === root) return element;
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error;
  }
  throw malformedXml();
}

export function header(call: Asked, name: string): string | undefined {
  const value = call.headers[name];
  return typeof value === 'string' ? value : value?.join(',');
}

/** What is asked for by key and, where one is named, version. Throws for what is not there, and for markers. */
export function demandVersion(call: BucketCall): ObjectVersion & { readonly content: object } {
  const { bucket, key } = call;
  const id = call.query.get('versionId');
  const version = id === null ? bucket.current(key) : bucket.version(key, id);
  if (version === undefined) throw missing(call, id);
  if (version.content !== null) return version as ObjectVersion & { readonly content: object };
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.id };
  if (id === null) throw noSuchKey(keyText(key), headers);
  throw new Refusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    fields: { Method: call.method, ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE', 'last-modified': new Date(version.modifiedMs).toUTCString() },
  });
}

/** Who may not list a bucket is not told that something is not in it. */
function missing(call: BucketCall, id: string | null): Refusal {
  if (!call.may('s3:ListBucket')) return accessDenied();
  return id === null ? noSuchKey(keyText(call.key)) : noSuchVersion(keyText(call.key), id);
}

/** Shown only where versions are, or were, kept. */
export function versionHeader({ bucket }: BucketCall, { id }: ObjectVersion): Answer['headers'] {
  return bucket.versioning === 'off' ? {} : { 'x-amz-version-id': id };
}

export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+/, '.000');
}

/** A number in a query; the one that is usual where none is given. */
export function numberIn(query: URLSearchParams, name: string, usual: number): number {
  const text = query.get(name);
  if (text === null || text === '') return usual;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number < 2 ** 31) return number;
  throw new Refusal(400, 'InvalidArgument', `Argument ${name} must be an integer between 0 and 2147483647`, {
    fields: { ArgumentName: name, ArgumentValue: text },
  });
}
