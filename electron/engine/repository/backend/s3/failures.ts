/** What a store that speaks S3 refuses, in the words of a repository. */
import { HoldfastError, innermostError } from '../../../../../shared/model/errors.ts';
import { awsFailure, AwsFailure } from '../../../aws/failures.ts';
import { PlaceUnreachable, retryAfterMs } from '../failure.ts';

/** Which it is, is of no matter to who only wants to know whether something is there. */
const missing: ReadonlySet<string> = new Set(['NoSuchKey', 'NotFound', 'NoSuchVersion', 'NoSuchUpload']);

/** Sent too slowly, damaged on its way, or met by another who wrote the same. */
const worthAnotherTry: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'BadDigest',
  'XAmzContentSHA256Mismatch',
  'OperationAborted',
  'ConditionalRequestConflict',
]);

/** `what`: such as `reading data/…`. */
export function placeFailure(
  error: unknown,
  what: string,
  { location, bucket }: { readonly location: string; readonly bucket: string },
): HoldfastError {
  const inner = innermostError(error);
  if (inner instanceof HoldfastError) return inner;
  const failure = awsFailure(error, `${what} at ${location}`);
  if (!(failure instanceof AwsFailure)) return failure;
  const { awsCode, status, message } = failure;
  const cause = { cause: failure };
  if (awsCode === 'NoSuchBucket')
    return new HoldfastError('REPOSITORY_PLACE_MISSING', `There is no bucket ${bucket} at ${location}.`, cause);
  if (awsCode === 'InvalidObjectState')
    return new HoldfastError('S3_ARCHIVED', `${what}: the store has archived it (${message})`, cause);
  if (awsCode !== null && worthAnotherTry.has(awsCode)) return new PlaceUnreachable(message, cause);
  if (awsCode === 'NotImplemented') return new HoldfastError('REPOSITORY_DECLINED', message, cause);
  switch (failure.code) {
    case 'AWS_CREDENTIAL':
    case 'AWS_FORBIDDEN':
      return new HoldfastError('ACCESS_REFUSED', message, cause);
    case 'AWS_LIMITED':
    case 'AWS_UNREACHABLE':
      return new PlaceUnreachable(message, { ...cause, retryAfterMs: retryAfterOf(error) });
    default:
      return new HoldfastError(status === 507 ? 'QUOTA_REACHED' : 'REPOSITORY_DECLINED', message, cause);
  }
}

export function isMissing(error: unknown): boolean {
  return missing.has(codeOf(error) ?? '');
}

/** Of AWS: what was refused because a condition did not hold. */
export function isTaken(error: unknown): boolean {
  return codeOf(error) === 'PreconditionFailed';
}

/** The store's own code of a failure; null where it has not answered. */
export function codeOf(error: unknown): string | null {
  if (error instanceof AwsFailure) return error.awsCode;
  return error instanceof HoldfastError && error.cause instanceof AwsFailure ? error.cause.awsCode : null;
}

function retryAfterOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('$response' in error)) return null;
  const { headers } = (error.$response ?? {}) as { readonly headers?: Readonly<Record<string, string | undefined>> };
  return retryAfterMs(headers?.['retry-after']);
}
