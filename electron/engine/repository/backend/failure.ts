/** What a place elsewhere answers in place of what it was asked, as failures that are understood everywhere. */
import { HoldfastError } from '../../../../shared/model/errors.ts';

/** It may answer later. */
export class PlaceUnreachable extends HoldfastError {
  /** How long the place has asked to be left alone; null where it has not. */
  readonly retryAfterMs: number | null;

  constructor(message: string, options: { readonly cause?: unknown; readonly retryAfterMs?: number | null } = {}) {
    super('REPOSITORY_UNREACHABLE', message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** RFC 9110: seconds, or a date. Null where it says nothing that could be waited for. */
export function retryAfterMs(header: string | null | undefined, nowMs = Date.now()): number | null {
  const text = header?.trim() ?? '';
  const date = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  const ms = /^\d{1,6}$/.test(text) ? Number(text) * 1000 : date - nowMs;
  return Number.isFinite(ms) && ms >= 0 ? ms : null;
}
