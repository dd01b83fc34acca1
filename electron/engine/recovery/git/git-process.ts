/** Git commands whose output is bytes, or much, or wanted although the command fails. Repositories are named, not found. */
import { spawn, type ChildProcess } from 'node:child_process';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { Git, type GitAccess } from '../../sources/git/git.ts';
import { Silence } from '../../sources/git/silence.ts';

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
const keptWordsBytes = 16 * 1024;
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
    if (this.#signal.aborted) throw toHoldfastError(this.#signal.reason);
    const child = spawn('git', words, {
      cwd: this.#environment['GIT_WORK_TREE'] ?? this.folder,
      env: this.#environment,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const end = (): void => endGroup(child);
    this.#signal.addEventListener('abort', end, { once: true });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const silence = new Silence(asksServer ? this.#git.silenceMs : null, end);
    try {
      const [{ code, problem }, { output, isCut }, said] = await Promise.all([
        endOf(child),
        bounded(child, maxBytes, silence),
        lastWords(child, silence),
      ]);
      if (this.#signal.aborted) throw toHoldfastError(this.#signal.reason);
      if (problem !== null) throw new HoldfastError('GIT_COMMAND_FAILED', `Git could not be started: ${problem}.`);
      const shown = silence.isTooLong ? `fatal: silent for ${this.#git.silenceMs / 1000} s` : said.trim();
      return { code, output, words: this.#git.failure(code, shown).message, isCut };
    } finally {
      silence.end();
      this.#signal.removeEventListener('abort', end);
    }
  }
}

/** One sentence of what Git said: its errors before its remarks. */
export function firstWords(said: string, code: number): string {
  const lines = said.split('\n').filter((line) => line !== '');
  const worst = lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1);
  return worst === undefined ? `it ended with code ${code}.` : `${worst.replace(/\.$/, '').slice(0, 500)}.`;
}

function endOf(child: ChildProcess): Promise<{ readonly code: number; readonly problem: string | null }> {
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve({ code: -1, problem: message }));
    child.once('exit', (code) => resolve({ code: code ?? -1, problem: null }));
  });
}

async function bounded(
  child: ChildProcess,
  maxBytes: number,
  silence: Silence,
): Promise<{ output: Buffer; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    silence.broken();
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) break;
  }
  const isCut = bytes > maxBytes;
  if (isCut) endGroup(child);
  return { output: Buffer.concat(chunks).subarray(0, maxBytes), isCut };
}

async function lastWords(child: ChildProcess, silence: Silence): Promise<string> {
  let said = '';
  for await (const chunk of child.stderr as AsyncIterable<Buffer>) {
    silence.broken();
    said = wholeLines(said + chunk.toString('utf8')).slice(-keptWordsBytes);
  }
  return said;
}

/** Progress is drawn over itself; ssh ends its lines as a terminal wants them. */
function wholeLines(said: string): string {
  return said.replace(/\r+\n/g, '\n').replace(/[^\n]*\r(?=[^\r\n])/g, '');
}

/** Git asks helpers of its own, which are to end with it. */
function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  const kill = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch {
      // Gone already.
    }
  };
  kill('SIGTERM');
  setTimeout(() => kill('SIGKILL'), graceMs).unref();
}
