/**
 * A program that is given bytes and answers with bytes, of which there may be many: in a process group of its own, so that
 * its helpers end with it, and watched for signs of life.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { throwIfCancelled, toHoldfastError } from '../../../shared/model/errors.ts';
import {
  hasCommandShells,
  notFoundCode,
  runByShell,
  type RunningCommand,
  type ShellCommand,
} from './command-shells.ts';

export type PipedProcess = {
  /** The program first: a name along PATH. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly input?: Uint8Array | string;
  /** Of its output; beyond it the program is ended. */
  readonly maxBytes?: number;
  /** Called for each part of the output, which is then not kept; what it throws ends the program, and is thrown. */
  readonly onOutput?: (part: Buffer) => void;
  /** Called for each part of what it says on its standard error. */
  readonly onWords?: (text: string) => void;
  /** Without a sign of life for so long, it is ended. */
  readonly silenceMs?: number;
  /** Between asking it to end and ending it; without it, it is ended at once. */
  readonly graceMs?: number;
};

export type PipedEnd = {
  /** -1 where a signal ended it. */
  readonly code: number;
  readonly output: Buffer;
  /** The last of what it said on its standard error. */
  readonly words: string;
  /** Whether there was more output than was wanted. */
  readonly isCut: boolean;
  readonly isSilent: boolean;
};

/** What is kept of the words, of which the last count. */
const keptWordsBytes = 64 * 1024;

/** Raises why it was cancelled, why it could not be started, and what `onOutput` raises; whatever its exit code. */
export async function runPiped(request: PipedProcess): Promise<PipedEnd> {
  const { signal, onWords, silenceMs } = request;
  throwIfCancelled(signal);
  const state: { isSilent: boolean; thrown: { readonly error: unknown } | null } = { isSilent: false, thrown: null };
  const said = new LastWords();
  const output = new Output(request);
  const end = (): void => running.end();
  const silence = new Silence(silenceMs ?? null, () => {
    state.isSilent = true;
    end();
  });
  const running = start(request, {
    onOutput: (part) => {
      silence.broken();
      if (state.thrown !== null) return;
      try {
        output.take(part);
      } catch (error) {
        state.thrown = { error };
        end();
      }
      if (output.isCut) end();
    },
    onWords: (part) => {
      silence.broken();
      said.add(part);
      onWords?.(part.toString('latin1'));
    },
  });
  signal.addEventListener('abort', end, { once: true });
  try {
    const code = await running.ended;
    if (state.thrown !== null) throw state.thrown.error;
    if (signal.aborted) throw toHoldfastError(signal.reason);
    const { isSilent } = state;
    return { code, output: output.bytes(), words: said.text(), isCut: output.isCut, isSilent };
  } finally {
    silence.end();
    signal.removeEventListener('abort', end);
  }
}

type Listeners = Pick<ShellCommand, 'onOutput' | 'onWords'>;

/** A shell starts it where it can, which costs less: what gets no input, and need not be asked to end. */
function start(request: PipedProcess, listeners: Listeners): RunningCommand {
  const { argv, cwd, environment, input, graceMs = 0 } = request;
  const [program = '', ...words] = argv;
  if (input !== undefined || graceMs > 0 || !hasCommandShells) return startHere(request, listeners);
  const running = runByShell({ program, words, folder: cwd, environment, ...listeners });
  const ended = running.ended.then((code) => (code === notFoundCode ? Promise.reject(notFound(program)) : code));
  return { ended, end: () => running.end() };
}

/** As Node says it. */
function notFound(program: string): Error {
  return Object.assign(new Error(`spawn ${program} ENOENT`), { code: 'ENOENT' });
}

function startHere({ argv, cwd, environment, input, graceMs = 0 }: PipedProcess, listeners: Listeners): RunningCommand {
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { cwd, env: environment, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdout.on('data', listeners.onOutput);
  child.stderr.on('data', listeners.onWords);
  // A program that ends early has said why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return { ended: endOf(child), end: () => endGroup(child, graceMs) };
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess, graceMs: number): void {
  if (pid === undefined) return;
  const kill = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch {
      // It has ended by itself.
    }
  };
  if (graceMs === 0) {
    kill('SIGKILL');
    return;
  }
  if (exitCode !== null || signalCode !== null) return;
  kill('SIGTERM');
  setTimeout(() => kill('SIGKILL'), graceMs).unref();
}

/** What the program writes, as much of it as is wanted. */
class Output {
  readonly #maxBytes: number;
  readonly #onOutput: PipedProcess['onOutput'];
  readonly #kept: Buffer[] = [];
  #bytes = 0;

  constructor({ maxBytes = Infinity, onOutput }: PipedProcess) {
    this.#maxBytes = maxBytes;
    this.#onOutput = onOutput;
  }

  get isCut(): boolean {
    return this.#bytes > this.#maxBytes;
  }

  take(part: Buffer): void {
    if (this.#onOutput !== undefined) {
      this.#onOutput(part);
      return;
    }
    if (!this.isCut) this.#kept.push(part);
    this.#bytes += part.length;
  }

  bytes(): Buffer {
    const all = Buffer.concat(this.#kept);
    return this.isCut ? all.subarray(0, this.#maxBytes) : all;
  }
}

class Silence {
  readonly #ms: number | null;
  readonly #onTooLong: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number | null, onTooLong: () => void) {
    this.#ms = ms;
    this.#onTooLong = onTooLong;
    this.broken();
  }

  broken(): void {
    clearTimeout(this.#timer);
    if (this.#ms !== null) this.#timer = setTimeout(this.#onTooLong, this.#ms);
  }

  end(): void {
    clearTimeout(this.#timer);
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
