/** The refusals of S3, in its words. */
import { type Identity } from '../identity/identities.ts';
import { type AuthProblem } from '../identity/signature.ts';
import { Refusal } from '../service.ts';
import { type Bucket } from './bucket.ts';

export const accessDenied = (message = 'Access Denied'): Refusal => new Refusal(403, 'AccessDenied', message);

export const noSuchBucket = (name: string): Refusal =>
  new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist', { fields: { BucketName: name } });

export const noSuchKey = (key: string, headers: Record<string, string> = {}): Refusal =>
  new Refusal(404, 'NoSuchKey', 'The specified key does not exist.', { fields: { Key: key }, headers });

export const noSuchVersion = (key: string, id: string): Refusal =>
  new Refusal(404, 'NoSuchVersion', 'The specified version does not exist.', { fields: { Key: key, VersionId: id } });

export const noSuchUpload = (id: string): Refusal =>
  new Refusal(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { fields: { UploadId: id } },
  );

export const invalidRequest = (message: string): Refusal => new Refusal(400, 'InvalidRequest', message);

export const invalidArgument = (name: string, value: string, message: string): Refusal =>
  new Refusal(400, 'InvalidArgument', message, { fields: { ArgumentName: name, ArgumentValue: value } });

export const malformedXml = (): Refusal =>
  new Refusal(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );

export const preconditionFailed = (condition: string): Refusal =>
  new Refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    fields: { Condition: condition },
  });

export const notImplemented = (header: string): Refusal =>
  new Refusal(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented', {
    fields: { Header: header },
  });

export const protectedByLock = (): Refusal => accessDenied('Access Denied because object protected by object lock.');

export const invalidObjectState = (storageClass: string): Refusal =>
  new Refusal(403, 'InvalidObjectState', "The operation is not valid for the object's storage class", {
    fields: { StorageClass: storageClass },
  });

export const slowDown = (): Refusal => new Refusal(503, 'SlowDown', 'Please reduce your request rate.');

/** A bucket is asked for where it is not. */
export function elsewhere(bucket: Bucket): Refusal {
  return new Refusal(
    301,
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    { fields: { Bucket: bucket.name }, headers: { 'x-amz-bucket-region': bucket.region } },
  );
}

export function denied({ arn }: Identity, action: string): Refusal {
  return accessDenied(
    `User: ${arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
  );
}

const unprovenWords: Readonly<Record<AuthProblem, readonly [number, string, string]>> = {
  missing: [403, 'AccessDenied', 'Access Denied'],
  malformed: [
    400,
    'AuthorizationHeaderMalformed',
    'The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
  ],
  'unknown-key': [403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
  'bad-token': [400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.'],
  'expired-token': [400, 'ExpiredToken', 'The provided token has expired.'],
  mismatch: [
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  skewed: [403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
};

export function unproven(problem: AuthProblem): Refusal {
  return new Refusal(...unprovenWords[problem]);
}
