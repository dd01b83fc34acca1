/**
 * Every failure Holdfast reports has a code from this table. The code is stable (scripts match on it); the sentences
 * tell an operator what it means and what to do. What happened is said by the message of each `HoldfastError`. The codes
 * stand by area in errors/; whoever needs one imports this file.
 */
import { awsErrors } from './errors/aws.ts';
import { doorsErrors } from './errors/doors.ts';
import { engineErrors } from './errors/engine.ts';
import { gitErrors } from './errors/git.ts';
import { monitoringErrors } from './errors/monitoring.ts';
import { protectionErrors } from './errors/protection.ts';
import { recoveryErrors } from './errors/recovery.ts';
import { repositoryErrors } from './errors/repository.ts';
import { sitesErrors } from './errors/sites.ts';
import type { ErrorEntry } from './errors/entry.ts';

export const errorCatalog = {
  ...repositoryErrors,
  ...protectionErrors,
  ...awsErrors,
  ...gitErrors,
  ...recoveryErrors,
  ...engineErrors,
  ...doorsErrors,
  ...sitesErrors,
  ...monitoringErrors,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalog;

/** A failure in the form that travels through every door. */
export type ErrorReport = {
  readonly code: ErrorCode;
  /** What happened: one sentence, safe to show, without secrets. */
  readonly message: string;
  readonly meaning: string;
  readonly action: string;
};

/** A failure that has been understood: what happened is the message, the rest comes from the table. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

const systemCodes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'NO_SPACE',
  EDQUOT: 'NO_SPACE',
  EACCES: 'NO_PERMISSION',
  EPERM: 'NO_PERMISSION',
  EROFS: 'READ_ONLY',
  ABORT_ERR: 'CANCELLED',
};

/** The understood form of anything that was thrown: system errors are classified by `errno`, the rest is a fault of ours. */
export function toHoldfastError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  if (!(error instanceof Error)) return new HoldfastError('INTERNAL', String(error), { cause: error });
  if (error.name === 'AbortError') return new HoldfastError('CANCELLED', 'The run was cancelled.', { cause: error });
  const systemCode = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (systemCode === undefined) return new HoldfastError('INTERNAL', error.message, { cause: error });
  const known = systemCodes[systemCode] ?? ('syscall' in error ? 'IO_ERROR' : 'INTERNAL');
  return new HoldfastError(known, error.message, { cause: error });
}

/** An understood failure may arrive as the cause of one that is not: that failure, else the error itself. */
export function innermostError(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 8 && !(current instanceof HoldfastError); depth += 1) {
    if (!(current instanceof Error) || current.cause === undefined || current.cause === null) return error;
    current = current.cause;
  }
  return current instanceof HoldfastError ? current : error;
}

/** Throws the understood form of the reason, CANCELLED unless the reason says otherwise, where the signal has fired. */
export function throwIfCancelled(signal: { readonly aborted: boolean; readonly reason: unknown } | undefined): void {
  if (signal?.aborted === true) throw toHoldfastError(signal.reason);
}

export function reportError(error: unknown): ErrorReport {
  const { code, message } = toHoldfastError(error);
  const { meaning, action } = errorCatalog[code];
  return { code, message, meaning, action };
}
