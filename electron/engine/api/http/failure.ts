/** Failures as HTTP tells them: a status for each code, and the report as JSON. Never a stack. */
import { ORPCError } from '@orpc/client';
import { errorCatalog, HoldfastError, type ErrorCode, type ErrorReport } from '../../../../shared/model/errors.ts';
import { packError, type TravellingError, type WrongInput } from '../socket/travelling-error.ts';

/** The others: 400 for a call that was misused, else 422: understood, but it could not be done. */
const statuses: Partial<Readonly<Record<ErrorCode, number>>> = {
  NOT_SIGNED_IN: 401,
  FORBIDDEN: 403,
  OPERATOR_ONLY: 403,
  TENANT_CLOSED: 403,
  TENANT_BOUND: 403,
  TENANT_UNKNOWN: 404,
  OFFER_NOT_FOUND: 404,
  TENANT_EXISTS: 409,
  OFFER_OVER: 409,
  REQUEST_REFUSED: 403,
  LINK_INVALID: 403,
  ADDRESS_NOT_FOUND: 404,
  NOT_A_REPOSITORY: 404,
  SNAPSHOT_NOT_FOUND: 404,
  PATH_NOT_IN_SNAPSHOT: 404,
  SOURCE_NOT_FOUND: 404,
  SOURCE_UNKNOWN: 404,
  KEY_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  HOLD_NOT_FOUND: 404,
  CONFIGURATION_NOT_FOUND: 404,
  CREDENTIAL_NOT_FOUND: 404,
  TOKEN_NOT_FOUND: 404,
  SESSION_NOT_FOUND: 404,
  RUN_NOT_FOUND: 404,
  CONNECTION_UNKNOWN: 404,
  REPOSITORY_EXISTS: 409,
  SOURCE_EXISTS: 409,
  TOKEN_EXISTS: 409,
  SNAPSHOT_AMBIGUOUS: 409,
  JOB_AMBIGUOUS: 409,
  HOLD_AMBIGUOUS: 409,
  JOB_OVER: 409,
  SNAPSHOT_HELD: 409,
  SNAPSHOT_UNSENT: 409,
  LAST_GOOD_SNAPSHOT: 409,
  KEY_IN_USE: 409,
  HOME_CONFIGURED: 409,
  CONSOLE_NOT_SERVED: 409,
  NO_ENGINE_STAYS: 409,
  CANCELLED: 409,
  RUN_AMBIGUOUS: 409,
  RUN_BUSY: 409,
  RUN_OVER: 409,
  CONNECTION_EXISTS: 409,
  PREFLIGHT_BLOCKED: 409,
  RECOVERY_UNDER_WAY: 409,
  NO_SECRET_STORE: 409,
  IDEMPOTENCY_UNDER_WAY: 409,
  IDEMPOTENCY_DONE: 409,
  IDEMPOTENCY_UNKNOWN: 409,
  IDEMPOTENCY_KEY_USED: 422,
  REQUEST_INVALID: 400,
  REQUEST_TOO_LARGE: 413,
  REPOSITORY_LOCKED: 423,
  PASSWORD_NEEDED: 423,
  TOO_MANY_REQUESTS: 429,
  INTERNAL: 500,
  IO_ERROR: 500,
  ENGINE_STOPPED: 503,
  ENGINE_LOST: 503,
  ENGINE_BUSY: 503,
  REPOSITORY_UNREACHABLE: 503,
  CATALOG_BUSY: 503,
  CATALOG_DAMAGED: 503,
  CATALOG_TOO_NEW: 503,
  NO_SPACE: 507,
};

export function statusOf(code: ErrorCode): number {
  return statuses[code] ?? (errorCatalog[code].exitCode === 2 ? 400 : 422);
}

/** Whether the same may be asked again in a moment. */
export function isBusy(code: string): boolean {
  return code === 'ENGINE_BUSY' || code === 'IDEMPOTENCY_UNDER_WAY';
}

/** The failure of a call in the form in which oRPC carries it: the report is in its data, as at every door. */
export function asDoorError(error: unknown): ORPCError<string, TravellingError> {
  const packed = packError(error);
  const { code, message } = packed.report;
  return new ORPCError(code, { status: statusOf(code), message, data: packed, cause: error });
}

/** What oRPC itself threw about a request it could not read, and what came from `asDoorError`, as the latter. */
export function asRequestError(error: unknown): ORPCError<string, TravellingError> {
  if (error instanceof ORPCError && reportIn(error) !== null) return error as ORPCError<string, TravellingError>;
  return asDoorError(new HoldfastError('REQUEST_INVALID', 'The request cannot be read as a call.', { cause: error }));
}

/** As `asDoorError`, and in the middle of a stream in the words of the REST API. */
export class RestError extends ORPCError<string, TravellingError> {
  constructor(error: unknown) {
    const { code, status, message, data } = asDoorError(error);
    super(code, { status, message, data, cause: error });
  }

  override toJSON(): ReturnType<ORPCError<string, TravellingError>['toJSON']> {
    return restBody(this) as never;
  }
}

export type FailureBody = ErrorReport & { readonly issues?: WrongInput };

/** The body of an answer of the REST API. */
export function restBody(error: unknown): FailureBody {
  const { report, wrongInput } = reportIn(error) ?? packError(error);
  return { ...report, ...(wrongInput !== undefined && { issues: wrongInput }) };
}

/** The same for the console's calls, which read it as oRPC writes it. */
export function rpcBody(error: unknown): { readonly json: unknown } {
  return { json: asDoorError(error).toJSON() };
}

function reportIn(error: unknown): TravellingError | null {
  if (!(error instanceof ORPCError)) return null;
  const data = error.data as Partial<TravellingError> | null | undefined;
  return data?.report === undefined ? null : (data as TravellingError);
}
