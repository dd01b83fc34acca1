/** Git commands whose output is bytes, or much, or wanted although the command fails. Repositories are named, not found. */
import { HoldfastError, throwIfCancelled } from '../../../../shared/model/errors.ts';
import { runPiped } from '../../platform/piped-process.ts';
import { Git, type GitAccess } from '../../sources/git/git.ts';

export type GitPlace = {
  /** A bare repository, or the folder `.git` of one that is checked out. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly access?: GitAccess | null;
  readonly configuration?: Readonly<Record<string, string>>;
  /** On top of the closed environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of a server that is asked, before it is given up. */
  readonly silenceMs?: number;
};

export type GitAnswer = {
  readonly code: number;
  readonly output: Buffer;
  /** What it said on its standard error, without secrets. */
  readonly words: string;
  /** Whether there was more output than was wanted. */
  readonly isCut: boolean;
};

export type AskOptions = {
  readonly input?: string | Buffer;
  /** Beyond it the command is ended; by default a listing of millions of refs is too much. */
  readonly maxBytes?: number;
  /** Whether a server has to say something now and then; use `--progress`. */
  readonly asksServer?: boolean;
};

const usualMaxBytes = 256 * 1024 * 1024;
const usualSilenceMs = 600_000;
const graceMs = 5_000;

export class GitProcess {
  readonly folder: string;
  readonly #place: GitPlace;
  readonly #signal: AbortSignal;
  readonly #git: Git;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(place: GitPlace) {
    const { folder, signal, access = null, configuration = {}, environment = {}, silenceMs = usualSilenceMs } = place;
    this.#place = place;
    this.folder = folder;
    this.#signal = signal;
    this.#git = new Git({ folder, signal, access, configuration, silenceMs });
    this.#environment = {
      ...this.#git.environment,
      GIT_DIR: folder,
      // What stands in for other objects is for people at work, not for what was stored.
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_OPTIONAL_LOCKS: '0',
      ...environment,
    };
  }

  withEnvironment(environment: Readonly<Record<string, string>>): GitProcess {
    return new GitProcess({ ...this.#place, environment: { ...this.#place.environment, ...environment } });
  }

  /** Its output. GIT_COMMAND_FAILED with what it said, CANCELLED. */
  async run(words: readonly string[], options: AskOptions = {}): Promise<Buffer> {
    const { code, output, words: said, isCut } = await this.ask(words, options);
    if (code === 0 && !isCut) return output;
    throw new HoldfastError(
      'GIT_COMMAND_FAILED',
      `git ${words[0] ?? ''}: ${isCut ? 'too much to be held' : firstWords(said, code)}`,
    );
  }

  /** As `run`, whatever the exit code. */
  async ask(words: readonly string[], options: AskOptions = {}): Promise<GitAnswer> {
    const { input, maxBytes = usualMaxBytes, asksServer = false } = options;
    throwIfCancelled(this.#signal);
    try {
      const ended = await runPiped({
        argv: ['git', ...words],
        cwd: this.#environment['GIT_WORK_TREE'] ?? this.folder,
        environment: this.#environment,
        signal: this.#signal,
        maxBytes,
        graceMs,
        ...(asksServer && { silenceMs: this.#git.silenceMs }),
        ...(input === undefined ? {} : { input }),
      });
      const { code, output, isCut, isSilent } = ended;
      const said = isSilent ? `fatal: silent for ${this.#git.silenceMs / 1000} s` : wholeLines(ended.words);
      return { code, output, words: this.#git.failure(code, said).message, isCut };
    } catch (error) {
      if (error instanceof HoldfastError) throw error;
      const problem = error instanceof Error ? error.message : String(error);
      throw new HoldfastError('GIT_COMMAND_FAILED', `Git could not be started: ${problem}.`);
    }
  }
}

/** Progress is drawn over itself; ssh ends its lines as a terminal wants them. */
function wholeLines(said: string): string {
  return said
    .replace(/\r+\n/g, '\n')
    .replace(/[^\n]*\r(?=[^\r\n])/g, '')
    .trim();
}

/** One sentence of what Git said: its errors before its remarks. */
export function firstWords(said: string, code: number): string {
  const lines = said.split('\n').filter((line) => line !== '');
  const worst = lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1);
  return worst === undefined ? `it ended with code ${code}.` : `${worst.replace(/\.$/, '').slice(0, 500)}.`;
}
