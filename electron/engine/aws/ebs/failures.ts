/** What the EBS direct APIs refuse, with their reason: one code stands for many things there. */
import { innermostError } from '../../../../shared/model/errors.ts';

/** Such as `INVALID_BLOCK_TOKEN`; null where there is none. */
export function reasonIn(error: unknown): string | null {
  const inner = innermostError(error);
  const reason = inner instanceof Error && 'Reason' in inner ? inner.Reason : null;
  return typeof reason === 'string' ? reason : null;
}

/** Whether a call never came to an end: it may be made again as it is. */
export function isInterrupted(error: unknown): boolean {
  const inner = innermostError(error);
  if (!(inner instanceof Error) || inner.name === 'AbortError') return false;
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  return inner.name === 'TimeoutError' || /^(?:ECONN\w+|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE_CLOSE)$/.test(code);
}
