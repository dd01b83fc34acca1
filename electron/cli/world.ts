/** What the command line needs from the process around it, as one object, so that tests can stand in for it. */
import type { ContractRouterClient } from '@orpc/contract';
import type { Caller } from '../../shared/contract/common.ts';
import type { contract } from '../../shared/contract/index.ts';
import { homedir, userInfo } from 'node:os';
import { askSecret } from './ask-secret.ts';
import { processStream, type TextStream } from './text-stream.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type ContractClient = ContractRouterClient<typeof contract>;

/** An engine that owns a home until it is closed. */
export type Engine = { readonly client: ContractClient; close(): Promise<void> };

export type ServedEngine = { readonly socket: string; close(): Promise<void> };

export type OpenOptions = {
  readonly home: string;
  readonly caller: Caller;
  readonly onNotice: (text: string) => void;
  /** Of a sandbox: see EngineOptions. */
  readonly takenAtMs?: () => number;
};

export type InterruptSignal = 'SIGINT' | 'SIGTERM';

export interface World {
  /** Of Holdfast. */
  readonly version: string;
  readonly env: Environment;
  /** Folder that relative paths of the operator start from. */
  readonly folder: string;
  /** The home folder and the name of the account. */
  readonly userHome: string;
  readonly userName: string;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Asks on the terminal without showing the answer; null where nobody can be asked. */
  readonly askSecret: ((question: string) => Promise<string>) | null;
  /** Milliseconds that only grow. */
  readonly monotonicMs: () => number;
  /** The time of day, in epoch milliseconds. */
  readonly nowMs: () => number;
  openEngine(options: OpenOptions): Promise<Engine>;
  /** An engine that stays until it is closed, for the commands of other processes. */
  serveEngine(options: OpenOptions): Promise<ServedEngine>;
  /** Calls back on Ctrl-C and SIGTERM until the returned function is called. */
  onInterrupt(listener: (signal: InterruptSignal) => void): () => void;
  /** Ends the process as the signal would have. */
  die(signal: InterruptSignal): void;
}

const interruptSignals: readonly InterruptSignal[] = ['SIGINT', 'SIGTERM'];

export function processWorld(version: string): World {
  return {
    version,
    env: process.env,
    folder: operatorFolder(process.env, process.cwd()),
    userHome: homedir(),
    userName: accountName(),
    stdout: processStream(process.stdout),
    stderr: processStream(process.stderr),
    askSecret:
      process.stdin.isTTY && process.stderr.isTTY
        ? (question) => askSecret(question, process.stdin, process.stderr)
        : null,
    monotonicMs: () => performance.now(),
    nowMs: () => Date.now(),
    // Loaded late, so that help and usage errors come at once.
    openEngine: async (options) => (await import('../engine/engine.ts')).openEngine({ ...options, version }),
    serveEngine: async (options) => (await import('../engine/engine.ts')).serveEngine({ ...options, version }),
    onInterrupt: (listener) => {
      for (const signal of interruptSignals) process.on(signal, listener);
      return () => {
        for (const signal of interruptSignals) process.off(signal, listener);
      };
    },
    die: (signal) => {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    },
  };
}

/** `npm run` moves to the folder of package.json; npm keeps the folder the operator stands in as INIT_CWD. */
export function operatorFolder(env: Environment, cwd: string): string {
  const before = env['INIT_CWD'];
  return env['npm_lifecycle_event'] === 'holdfast' && before !== undefined && before !== '' ? before : cwd;
}

/** In a container the user id may have no name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
