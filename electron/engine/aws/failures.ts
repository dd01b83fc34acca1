/** What AWS refuses, as a failure that has been understood, with AWS's own code and without any secret. */
import { HoldfastError, innermostError, type ErrorCode } from '../../../shared/model/errors.ts';

/** A refusal of AWS, or its silence. */
export class AwsFailure extends HoldfastError {
  /** AWS's code, such as `InvalidSnapshot.InUse`; null where there was no answer. */
  readonly awsCode: string | null;
  readonly status: number | null;

  constructor(code: ErrorCode, message: string, awsCode: string | null = null, status: number | null = null) {
    super(code, message);
    this.awsCode = awsCode;
    this.status = status;
  }
}

const keptWords = 400;

const credentialCodes: ReadonlySet<string> = new Set([
  'AuthFailure',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidToken',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);
const limitCodes = /^(?:.*Throttl\w*|RequestLimitExceeded|SlowDown|TooManyRequests\w*|BandwidthLimitExceeded)$/;

/** What AWS answered, as the SDK throws it; null where there was no answer. */
export function refusalIn(error: unknown): { readonly awsCode: string; readonly status: number } | null {
  if (!(error instanceof Error) || !('$metadata' in error)) return null;
  // What came could not be read to its end, so nobody knows what it said.
  if (!('$fault' in error)) return null;
  const { httpStatusCode } = error.$metadata as { readonly httpStatusCode?: unknown };
  if (typeof httpStatusCode !== 'number') return null;
  // The SDK names an error by AWS's code; an empty answer (as of HEAD) has its status alone.
  return { awsCode: error.name, status: httpStatusCode };
}

/** `what`: such as `DescribeSnapshots in eu-central-1`. */
export function awsFailure(error: unknown, what: string): HoldfastError {
  const inner = innermostError(error);
  if (inner instanceof HoldfastError) return inner;
  const refused = refusalIn(error);
  const said = plain(error instanceof Error ? error.message : String(error));
  if (refused === null) {
    const isCredential = error instanceof Error && credentialCodes.has(error.name);
    if (isCredential) return new AwsFailure('AWS_CREDENTIAL', `${what}: ${said}.`);
    if (error instanceof Error && error.name === 'AbortError')
      return new HoldfastError('CANCELLED', `${what} was stopped.`);
    return new AwsFailure('AWS_UNREACHABLE', `No answer to ${what}: ${said}.`);
  }
  const { awsCode, status } = refused;
  return new AwsFailure(codeOf(awsCode, status), `AWS answered ${what} with ${awsCode}: ${said}.`, awsCode, status);
}

/** Runs a call; what AWS refuses is thrown as an `AwsFailure`. */
export async function asked<Answer>(what: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw awsFailure(error, what);
  }
}

function codeOf(awsCode: string, status: number): ErrorCode {
  if (credentialCodes.has(awsCode)) return 'AWS_CREDENTIAL';
  if (limitCodes.test(awsCode) || status === 429) return 'AWS_LIMITED';
  if (awsCode === 'UnauthorizedOperation' || awsCode.startsWith('AccessDenied') || status === 403)
    return 'AWS_FORBIDDEN';
  if (status === 401) return 'AWS_CREDENTIAL';
  if (/(?:\.NotFound|NotFoundException|^NoSuch\w+|^NotFound)$/.test(awsCode) || status === 404) return 'AWS_NOT_FOUND';
  return status >= 500 ? 'AWS_UNREACHABLE' : 'AWS_DECLINED';
}

/** One line of bounded length. */
function plain(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return (line.length > keptWords ? `${line.slice(0, keptWords)}…` : line).replace(/[.\s]+$/, '');
}
