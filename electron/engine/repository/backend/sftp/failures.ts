/** What an SSH server answers, in the words of a repository. */
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import { PlaceUnreachable } from '../failure.ts';

/** draft-ietf-secsh-filexfer-02, section 7. */
const status = { eof: 1, noSuchFile: 2, permissionDenied: 3, failure: 4, badMessage: 5, unsupported: 8 } as const;

export function isNoSuchFile(error: unknown): boolean {
  return statusOf(error) === status.noSuchFile;
}

export function isEndOfFile(error: unknown): boolean {
  return statusOf(error) === status.eof;
}

/** Whatever else the server had against it; it says no more. */
export function isPlainFailure(error: unknown): boolean {
  return statusOf(error) === status.failure;
}

/** `what`: such as `writing data/… to sftp:…`. */
export function sftpFailure(error: unknown, what: string): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const cause = { cause: error };
  switch (statusOf(error)) {
    case status.noSuchFile:
      return new HoldfastError('REPOSITORY_PLACE_MISSING', `The server has no such folder: ${what}.`, cause);
    case status.permissionDenied:
      return new HoldfastError('ACCESS_REFUSED', `The server does not allow it: ${what}.`, cause);
    case status.failure:
    case status.badMessage:
    case status.unsupported:
      return new HoldfastError('REPOSITORY_DECLINED', `The server says that it failed: ${what}.`, cause);
    default:
      return new PlaceUnreachable(`No answer to ${what}: ${words(error)}.`, cause);
  }
}

/** Why no connection was made. */
export function connectFailure(error: unknown, where: string): HoldfastError {
  if (error instanceof HoldfastError) return error;
  if (error instanceof Error && 'level' in error && error.level === 'client-authentication')
    return new HoldfastError('ACCESS_REFUSED', `${where} lets nobody in with what was offered.`, { cause: error });
  return new PlaceUnreachable(`${where} does not answer: ${words(error)}.`, { cause: error });
}

function statusOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null;
}

/** One line of bounded length: some of it may come from the server. */
function words(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .replace(/[.\s]+$/, '');
}
