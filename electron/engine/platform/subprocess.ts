/**
 * Programs of the operator: started without a shell, in a process group of their own that ends with them when they take
 * too long, with a bounded memory of what they said.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export type SubprocessRequest = {
  /** The program first: a whole path, or a name along PATH. */
  readonly argv: readonly string[];
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Between asking the group to end and ending it. */
  readonly graceMs?: number;
};

export type SubprocessResult = {
  /** `code` of a program that ended by itself; `notStarted` says why. */
  readonly end:
    | { readonly kind: 'exited'; readonly code: number }
    | { readonly kind: 'killed'; readonly signal: string }
    | { readonly kind: 'timeLimit' }
    | { readonly kind: 'cancelled' }
    | { readonly kind: 'notStarted'; readonly problem: string };
  /** The last of what it wrote to its standard output and error, as it came. */
  readonly output: Buffer;
  /** Whether there was more before that. */
  readonly isCut: boolean;
};

export const keptOutputBytes = 64 * 1024;
const usualGraceMs = 5_000;
/** What a program leaves running may hold its output open for ever. */
const lastWordsMs = 200;
const groupPollMs = 25;

/**
 * Never rejects. What the program leaves running after it has ended by itself goes on: a guard that thaws by itself has
 * to outlive the hook that has started it.
 */
export async function runSubprocess(request: SubprocessRequest): Promise<SubprocessResult> {
  const { argv, environment, timeoutMs, signal, graceMs = usualGraceMs } = request;
  const output = new Tail();
  const ended = (end: SubprocessResult['end']): SubprocessResult => ({ end, ...output.taken() });
  if (signal.aborted) return ended({ kind: 'cancelled' });
  const child = start(argv, environment);
  if ('problem' in child) return ended({ kind: 'notStarted', problem: child.problem });
  child.stdout?.on('data', (chunk: Buffer) => output.add(chunk));
  child.stderr?.on('data', (chunk: Buffer) => output.add(chunk));
  const over = endOf(child);
  const cut = Promise.withResolvers<'timeLimit' | 'cancelled'>();
  const timer = setTimeout(() => cut.resolve('timeLimit'), timeoutMs);
  const cancel = (): void => cut.resolve('cancelled');
  signal.addEventListener('abort', cancel, { once: true });
  const first = await Promise.race([over, cut.promise]);
  clearTimeout(timer);
  signal.removeEventListener('abort', cancel);
  if (typeof first === 'string') {
    await endGroup(child, over, graceMs);
    release(child);
    return ended({ kind: first });
  }
  await lastWords(child);
  release(child);
  return ended(first);
}

function start(
  [program = '', ...words]: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess | { readonly problem: string } {
  try {
    // A folder that is being unmounted must not be held.
    return spawn(program, words, { env, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'], shell: false });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function endOf(child: ChildProcess): Promise<SubprocessResult['end']> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ kind: 'notStarted', problem: error.message }));
    child.once('exit', (code, by) =>
      resolve(code === null ? { kind: 'killed', signal: by ?? 'SIGKILL' } : { kind: 'exited', code }),
    );
  });
}

/** Asks all of the group to end, then ends it. One that the kernel does not let go is not waited for. */
async function endGroup(child: ChildProcess, over: Promise<unknown>, graceMs: number): Promise<void> {
  signalGroup(child, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  while (signalGroup(child, 0)) {
    if (performance.now() > deadline) {
      signalGroup(child, 'SIGKILL');
      break;
    }
    await sleep(groupPollMs);
  }
  await Promise.race([over, sleep(graceMs, undefined, { ref: false })]);
}

/** Whether there was anything to take it. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

async function lastWords({ stdout, stderr }: ChildProcess): Promise<void> {
  const closed = [stdout, stderr].map((stream) =>
    stream === null || stream.closed
      ? Promise.resolve()
      : new Promise<void>((resolve) => void stream.once('close', () => resolve())),
  );
  await Promise.race([Promise.all(closed), sleep(lastWordsMs, undefined, { ref: false })]);
}

/** What holds its output open must not keep this process from ending. */
function release(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

/** The end of a stream of any length. */
class Tail {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isCut = false;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // Now and then, so that a chatty program costs no copy for each line.
    if (this.#bytes > 2 * keptOutputBytes) this.#shorten();
  }

  taken(): Pick<SubprocessResult, 'output' | 'isCut'> {
    this.#shorten();
    return { output: Buffer.concat(this.#chunks), isCut: this.#isCut };
  }

  #shorten(): void {
    if (this.#bytes <= keptOutputBytes) return;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(all.length - keptOutputBytes)];
    this.#bytes = keptOutputBytes;
    this.#isCut = true;
  }
}
