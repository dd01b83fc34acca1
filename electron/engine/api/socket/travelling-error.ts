/** Failures on their way through a door: understood on one side, the same error again on the other. */
import { ORPCError } from '@orpc/client';
import { HoldfastError, innermostError, reportError, type ErrorReport } from '../../../../shared/model/errors.ts';

/** The words of a schema about input it does not accept. Nothing of the input itself. */
export type WrongInput = { message: string; path?: (string | number)[] | undefined }[];

export type TravellingError = { report: ErrorReport; wrongInput?: WrongInput | undefined };

/** What is said about the error outside the engine: never a stack. */
export function packError(error: unknown): TravellingError {
  const wrongInput = wrongInputOf(error);
  if (wrongInput === null) return { report: reportError(innermostError(error)) };
  return { report: reportError(new HoldfastError('BAD_USAGE', 'The call is not as the contract asks.')), wrongInput };
}

/** The error as the handler threw it, as far as it may be known outside. */
export function unpackError({ report, wrongInput }: TravellingError): Error {
  if (wrongInput === undefined) return new HoldfastError(report.code, report.message);
  return new ORPCError('BAD_REQUEST', { message: report.message, data: { issues: wrongInput } });
}

function wrongInputOf(error: unknown): WrongInput | null {
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST') return null;
  const issues: unknown = (error.data as { issues?: unknown } | null | undefined)?.issues;
  return Array.isArray(issues) ? issues.map(wordsOf) : null;
}

function wordsOf(issue: unknown): WrongInput[number] {
  const { message, path } = (issue ?? {}) as { message?: unknown; path?: unknown };
  const steps = Array.isArray(path) ? path.filter((step) => typeof step === 'string' || typeof step === 'number') : [];
  return { message: typeof message === 'string' ? message : 'not usable', path: steps };
}
