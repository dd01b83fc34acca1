/** Child processes for tests: run to the end, or start and steer, with everything they said and how much they used. */
import { spawn, type ChildProcess } from 'node:child_process';

export type RunOptions = {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Run as the user and group 65534 (needs root). */
  readonly unprivileged?: boolean;
  readonly timeoutMs?: number;
};

export type Finished = {
  readonly command: string;
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly finished: Promise<Finished>;
  /** Sends a signal to the program and everything it started, as a terminal does. */
  signal(name: NodeJS.Signals): void;
};

/** Runs to the end. A program that cannot be started, or does not end in time, rejects. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return start(file, args, options).finished;
}

/** As `run`, and rejects on any other exit code than 0. */
export async function mustRun(file: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const finished = await run(file, args, options);
  if (finished.code !== 0) throw new Error(describeFailure(finished));
  return finished;
}

export function describeFailure({ command, code, signal, stdout, stderr }: Finished): string {
  return `${command} ended with ${code ?? signal}\n${tail(stdout)}\n${tail(stderr)}`;
}

export function start(file: string, args: readonly string[], options: RunOptions = {}): Running {
  const [program, ...rest] = options.unprivileged
    ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--', file, ...args]
    : [file, ...args];
  const child = spawn(program ?? file, rest, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const signal = (name: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name);
  };
  child.stdin.on('error', () => {});
  if (options.input !== undefined) child.stdin.write(options.input);
  child.stdin.end();
  return {
    child,
    pid: child.pid ?? -1,
    signal,
    finished: finish(child, [file, ...args].join(' '), options.timeoutMs ?? 150_000, signal),
  };
}

function finish(
  child: ChildProcess,
  command: string,
  timeoutMs: number,
  signal: (name: NodeJS.Signals) => void,
): Promise<Finished> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal('SIGKILL');
      reject(new Error(`${command} did not end within ${timeoutMs} ms\n${tail(Buffer.concat(stderr).toString())}`));
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code, signalName) => {
      clearTimeout(timer);
      resolve({
        command,
        code,
        signal: signalName,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
  });
}

function tail(text: string): string {
  return text.length > 4000 ? `…${text.slice(-4000)}` : text;
}
