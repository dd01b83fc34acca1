/**
 * Git commands whose input is given as bytes, or whose output is looked at while it comes: names of refs are no text, and
 * there may be a great many of them.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { hasCommandShells, notFoundCode, runByShell, type RunningCommand } from '../../platform/command-shells.ts';
import type { Git } from './git.ts';
import { Silence } from './silence.ts';

export type GitProcess = {
  readonly input?: Uint8Array | string;
  /** Called for each part of the output; what it throws ends the command, and is thrown. */
  readonly onOutput?: (part: Buffer) => void;
  /** Called for each part of what Git says meanwhile, which is where its progress is. */
  readonly onWords?: (text: string) => void;
};

/** What is kept of the words, of which the last count. */
const keptWordsBytes = 64 * 1024;

/**
 * The output, unless `onOutput` takes it. GitFailure, CANCELLED, or GIT_MISSING; whatever the command has started ends
 * with it.
 */
export async function runGit(git: Git, words: readonly string[], options: GitProcess = {}): Promise<Buffer> {
  if (git.signal.aborted) throw cancelled();
  const kept: Buffer[] = [];
  const said = new LastWords();
  let stopped: unknown = null;
  const stop = (reason: unknown): void => {
    stopped ??= reason;
    running.end();
  };
  const running = start(git, words, options.input, {
    onOutput: (part) => {
      silence.broken();
      if (options.onOutput === undefined) kept.push(part);
      else if (stopped === null) attempt(() => options.onOutput?.(part), stop);
    },
    onWords: (part) => {
      silence.broken();
      said.add(part);
      options.onWords?.(part.toString('latin1'));
    },
  });
  const silence = new Silence(git.silenceMs, () => stop(git.failure(-1, `silent for ${git.silenceMs / 1000} s`)));
  const onAbort = (): void => stop(cancelled());
  git.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const exitCode = await running.ended;
    if (stopped !== null) throw stopped;
    if (exitCode !== 0) throw git.failure(exitCode, said.text());
    return Buffer.concat(kept);
  } finally {
    silence.end();
    git.signal.removeEventListener('abort', onAbort);
  }
}

type Listeners = { readonly onOutput: (part: Buffer) => void; readonly onWords: (part: Buffer) => void };

/** A shell starts it, which costs less; what is given an input is started by this process. */
function start(git: Git, words: readonly string[], input: GitProcess['input'], listeners: Listeners): RunningCommand {
  if (input !== undefined || !hasCommandShells) return startHere(git, words, input, listeners);
  const { folder, environment } = git;
  const running = runByShell({ program: 'git', words, folder, environment, ...listeners });
  const ended = running.ended.then((code) => (code === notFoundCode ? Promise.reject(missing()) : code));
  return { ended, end: () => running.end() };
}

function startHere(
  git: Git,
  words: readonly string[],
  input: GitProcess['input'],
  listeners: Listeners,
): RunningCommand {
  const child = spawn('git', words, {
    cwd: git.folder,
    env: git.environment,
    // A group of its own, so that its helpers end with it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdout.on('data', listeners.onOutput);
  child.stderr.on('data', listeners.onWords);
  // A command that ends early has said why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return { ended: endOf(child), end: () => endGroup(child) };
}

function cancelled(): HoldfastError {
  return new HoldfastError('CANCELLED', 'The run was cancelled.');
}

function missing(cause?: unknown): HoldfastError {
  return new HoldfastError('GIT_MISSING', 'Git cannot be started.', { cause });
}

function attempt(action: () => void, onThrown: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    onThrown(error);
  }
}

/** -1 where a signal ended it. */
function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const isMissing = 'code' in error && error.code === 'ENOENT';
      reject(isMissing ? missing(error) : error);
    });
    child.once('close', (code) => resolve(code ?? -1));
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

class LastWords {
  #kept = Buffer.alloc(0);

  add(part: Buffer): void {
    const all = Buffer.concat([this.#kept, part]);
    this.#kept = all.subarray(Math.max(0, all.length - keptWordsBytes));
  }

  text(): string {
    return this.#kept.toString('utf8').trim();
  }
}
