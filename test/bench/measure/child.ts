/** Child processes that end at once, with all they started, when the benchmark is interrupted. */
import { spawn, type ChildProcess } from 'node:child_process';

export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment: nothing of the caller's own gets through. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
};

export type Ended = {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From its start to its end. */
  readonly wallSeconds: number;
};

/** Far more than any command takes; one that hangs must not hold up the others. */
const timeoutMs = 10 * 60_000;

/** Rejects when the program cannot be started or the signal is aborted; an exit code is for the caller to judge. */
export async function runChild({ program, args, env, cwd }: Command, signal: AbortSignal): Promise<Ended> {
  signal.throwIfAborted();
  const startedAt = performance.now();
  const child = spawn(program, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => killGroup(child);
  signal.addEventListener('abort', stop);
  const timer = setTimeout(stop, timeoutMs);
  try {
    const ended = await untilEnd(child, startedAt);
    signal.throwIfAborted();
    return ended;
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`${program} cannot be run.`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** As `runChild`, and rejects on any other exit code than 0. */
export async function mustRunChild(command: Command, signal: AbortSignal): Promise<Ended> {
  const ended = await runChild(command, signal);
  if (ended.code !== 0) throw new Error(describeFailure(command, ended));
  return ended;
}

/** One line: what was run, how it ended, and what it said. */
export function describeFailure({ program, args }: Command, { code, stdout, stderr }: Ended): string {
  const said = (stderr.trim() || stdout.trim()).replaceAll(/\s+/g, ' ').slice(0, 600);
  return `\`${[program, ...args].join(' ')}\` ended with ${code ?? `a signal, at the latest after ${timeoutMs / 60_000} minutes`}: ${said}`;
}

function untilEnd(child: ChildProcess, startedAt: number): Promise<Ended> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    let wallSeconds = 0;
    child.once('error', reject);
    child.once('exit', () => {
      wallSeconds = (performance.now() - startedAt) / 1000;
    });
    child.once('close', (code) => {
      const [out, err] = [Buffer.concat(stdout).toString(), Buffer.concat(stderr).toString()];
      resolve({ code, stdout: out, stderr: err, wallSeconds });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid, 'SIGKILL');
  }
}
