/** What the command line needs from the process around it, as one object, so that tests can stand in for it. */
import type { ContractRouterClient } from '@orpc/contract';
import type { Caller } from '../../shared/contract/common.ts';
import type { contract } from '../../shared/contract/index.ts';
import { homedir, userInfo } from 'node:os';
import { askSecret } from './ask-secret.ts';
import { openInBrowser } from './browser.ts';
import type { BundleVerdict } from '../engine/engine.ts';
import { processStream, type TextStream } from './text-stream.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type ContractClient = ContractRouterClient<typeof contract>;

/** An engine that owns a home until it is closed. */
export type Engine = { readonly client: ContractClient; close(): Promise<void> };

/** The console for browsers, as `serve` is asked for it. */
export type HttpOptions = {
  readonly host: string;
  /** Null: the one of last time, or a free one. */
  readonly port: number | null;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
};

/** This home as a site that others push to. */
export type SiteOptions = {
  readonly host: string;
  /** Null: the usual one. */
  readonly port: number | null;
  /** `own`: a certificate that the home keeps. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | 'own' | null;
};

export type ServedEngine = Engine & {
  readonly socket: string;
  readonly site: { readonly host: string; readonly port: number; readonly fingerprint: string | null } | null;
  readonly console: { readonly origin: string; newLink(): { readonly url: string } } | null;
};

export type OpenOptions = {
  readonly home: string;
  readonly caller: Caller;
  readonly onNotice: (text: string) => void;
  /** Of a sandbox: see EngineOptions. */
  readonly takenAtMs?: () => number;
  /** Of the secrets of the home; asked for where one is needed. */
  readonly passphrase?: () => Promise<string | null>;
  /** What will be opened first, where it is a folder. */
  readonly opens?: { readonly folder: string; readonly password: string } | null;
};

/** With a passphrase, passwords of repositories can be remembered in a file of the home. */
export type ServeOptions = OpenOptions & {
  readonly secrets?: { readonly passphrase: string };
  readonly http?: HttpOptions;
  readonly site?: SiteOptions;
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
  /** Evidence that was exported, checked without a home. */
  readonly verifyBundle: (path: string, trusted: string | null) => Promise<BundleVerdict>;
  openEngine(options: OpenOptions): Promise<Engine>;
  /** An engine that stays until it is closed, for the commands of other processes. */
  serveEngine(options: ServeOptions): Promise<ServedEngine>;
  /** Opens the link by way of the file, which is made for this account alone; false where no browser can be opened. */
  openInBrowser(url: string, file: string): Promise<boolean>;
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
    verifyBundle: async (path, trusted) => (await import('../engine/engine.ts')).verifyBundle(path, trusted),
    openEngine: async (options) => (await import('../engine/engine.ts')).openEngine({ ...options, version }),
    serveEngine: async (options) => (await import('../engine/engine.ts')).serveEngine({ ...options, version }),
    openInBrowser,
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
