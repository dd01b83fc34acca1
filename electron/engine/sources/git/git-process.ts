/**
 * Git commands whose input is given as bytes, or whose output is looked at while it comes: names of refs are no text, and
 * there may be a great many of them.
 */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { runPiped } from '../../platform/piped-process.ts';
import type { Git } from './git.ts';

export type GitProcess = {
  readonly input?: Uint8Array | string;
  /** Called for each part of the output; what it throws ends the command, and is thrown. */
  readonly onOutput?: (part: Buffer) => void;
  /** Called for each part of what Git says meanwhile, which is where its progress is. */
  readonly onWords?: (text: string) => void;
};

/**
 * The output, unless `onOutput` takes it. GitFailure, CANCELLED, or GIT_MISSING; whatever the command has started ends
 * with it.
 */
export async function runGit(git: Git, words: readonly string[], options: GitProcess = {}): Promise<Buffer> {
  const { folder: cwd, environment, signal, silenceMs } = git;
  try {
    const ended = await runPiped({ argv: ['git', ...words], cwd, environment, signal, silenceMs, ...options });
    if (ended.isSilent) throw git.failure(-1, `silent for ${silenceMs / 1000} s`);
    if (ended.code !== 0) throw git.failure(ended.code, ended.words);
    return ended.output;
  } catch (error) {
    if (signal.aborted) throw new HoldfastError('CANCELLED', 'The run was cancelled.');
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
    throw new HoldfastError('GIT_MISSING', 'Git cannot be started.', { cause: error });
  }
}
