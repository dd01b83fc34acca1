/** What Git says when it fails, as what it means for the operator. */
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { GitFailure } from './git.ts';

/** What ssh says of a server whose key it does not know, or knows otherwise. */
export const unknownHost = /host key verification failed/i;

/** The first that fits counts: what is more special stands before what Git says in many cases. */
const meanings: readonly (readonly [ErrorCode, RegExp])[] = [
  ['NO_SPACE', /no space left on device|disk quota exceeded/i],
  ['GIT_URL_REFUSED', /transport '.*' not allowed|unable to find remote helper/i],
  ['GIT_REDIRECTED', /returned error: 30\d/i],
  ['GIT_REFUSED', /returned error: (?:40[13]|451)|authentication failed|could not read (?:username|password)/i],
  ['GIT_HOST_UNKNOWN', unknownHost],
  ['GIT_REFUSED', /permission denied \(/i],
  ['GIT_NOT_FOUND', /returned error: 4(?:04|10)|repository .*not found|not appear to be a git repository/i],
  [
    'GIT_REPOSITORY_DAMAGED',
    /index-pack (?:failed|died)|fsck error|bad object|invalid index-pack output|pack signature|not our ref/i,
  ],
  [
    'GIT_REPOSITORY_DAMAGED',
    /did not send all necessary objects|not a valid (?:ref|object)|protocol error|expected '.*', received|invalid ref format/i,
  ],
  ['GIT_UNREACHABLE', /could not resolve|failed to connect|unable to (?:access|connect|look up)|connection /i],
  ['GIT_UNREACHABLE', /rpc failed|early eof|hung up|unexpected disconnect|silent for|timed out|ssl/i],
];

/** Progress, and the frame of what ssh warns of. */
const noWords = /\d+% \(|, done\.$|^@.*@$/;
const longestSaid = 400;

/** The understood form of what a command on a repository threw. `what` is the beginning of the sentence. */
export function gitError(what: string, error: unknown): HoldfastError {
  if (!(error instanceof GitFailure)) return toHoldfastError(error);
  const { message } = error;
  const code = meanings.find(([, pattern]) => pattern.test(message))?.[0] ?? 'GIT_FAILED';
  return new HoldfastError(code, `${what}: ${lastLines(message)}`, { cause: error });
}

/** Without progress, and without what a server could write to a terminal. */
export function lastLines(said: string): string {
  const lines = said.split(/[\r\n]+/).filter((line) => line.trim() !== '' && !noWords.test(line));
  // oxlint-disable-next-line no-control-regex -- a server chooses these words
  const plain = lines.join(' · ').replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '?');
  return plain.length > longestSaid ? `…${plain.slice(-longestSaid)}` : plain;
}
