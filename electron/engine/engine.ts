/** The composition root: takes the home or finds the engine that owns it, wires the contract's handlers, closes in order. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { Caller } from '../../shared/contract/common.ts';
import type { contract } from '../../shared/contract/index.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { EngineLink, type EngineDoor } from './api/engine-link.ts';
import type { EnginePort, PortConnection, PortOptions } from './api/message-port.ts';
import type { HttpOptions } from './api/http/options.ts';
import type { SiteServerOptions } from './sites/server/limits.ts';
import type { SiteAddress } from './sites/server/site-door.ts';
import type { OwnEngine } from './api/own-engine.ts';
import { ownPlace, protocolVersion, type EngineKind, type Hello } from './api/socket/protocol.ts';
import { connectEngine, type RemoteEngine } from './api/socket/remote-engine.ts';
import type { Message } from './monitoring/messages.ts';
import { beginKey, type ToBeOpened } from './platform/early-key.ts';
import { prepareHome } from './platform/home.ts';
import { LazySecretStore } from './platform/lazy-secret-store.ts';
import { SealedSecretStore } from './platform/sealed-secret-store.ts';
import type { SecretStore } from './platform/secret-store.ts';
import type { MachineConditions } from './protection/machine-conditions.ts';
import { homeOwner, lockHome } from './platform/home-lock.ts';

/** Of alerts, in words: `title` is one line, `level` the worst of it, `ok` where all of it is over. */
export type AlertMessage = Message;
export { verifyBundle, type BundleVerdict } from './recovery/evidence/verify-bundle.ts';
export type { EnginePort, MachineConditions, PortConnection, PortOptions, SecretStore };

export type ContractClient = ContractRouterClient<typeof contract>;

export interface Engine {
  /** The contract, answered by this process or by the one that owns the home. */
  readonly client: ContractClient;
  close(): Promise<void>;
}

export type EngineOptions = {
  /** HOLDFAST_HOME; made where it is missing, readable by its owner only. */
  readonly home: string;
  readonly caller: Caller;
  /** Of the program; two versions do not talk to each other. */
  readonly version: string;
  /** What the operator should know about the engine itself. */
  readonly onNotice: (text: string) => void;
  /** The time of day that snapshots are taken at: a sandbox makes weeks of them in a minute. By default this machine's. */
  readonly takenAtMs?: () => number;
  /** Of the sealed file of secrets, asked for when it is needed first; without it a command has no secret store. */
  readonly passphrase?: () => Promise<string | null>;
  /** The repository that the command will open first, where that is a folder: its key is begun while the engine loads. */
  readonly opens?: ToBeOpened | null;
};

export type ServeOptions = EngineOptions & {
  /** Where passwords of repositories outlive the engine: a keychain, or a file of the home under this passphrase. */
  readonly secrets?: SecretStore | { readonly passphrase: string };
  /** For the console in browsers and the REST API; without it there is the socket alone. */
  readonly http?: HttpOptions;
  /** For others that push to this home; without it nobody can. */
  readonly site?: SiteServerOptions;
  /** Batteries and networks, where somebody knows of them; by default they keep nothing waiting. */
  readonly conditions?: MachineConditions;
  /** Shows what alerts tell on this desktop; without it there is none to show it on. */
  readonly notify?: (message: AlertMessage) => void;
};

/** How long an owner may take to answer, or a short command to end, before another command stops waiting for it. */
const patienceMs = 10_000;
const pollMs = 25;

/**
 * The engine of one command: that of the process which owns the home, else one in this process, which then serves other
 * commands as well until it is closed. HOME_UNSAFE, HOME_HELD.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const link = new EngineLink(() => findEngine(options));
  await link.ready();
  return { client: createORPCClient(link), close: () => link.close() };
}

export interface ServedEngine extends Engine {
  readonly socket: string;
  /** Answers a page of this process on its port, until that port or the engine is closed. */
  openPort(port: EnginePort, options?: PortOptions): PortConnection;
  /** The machine has slept: what can be reached may be other now. */
  resumed(): void;
  /** What was given as `conditions` is other now. */
  conditionsChanged(): void;
  /** The console for browsers: where it is, and links that sign a browser in once; null without one. */
  readonly console: {
    readonly origin: string;
    newLink(): { readonly url: string; readonly expiresAtMs: number };
  } | null;
  /** Where others push to; null where this home is not served as a site. */
  readonly site: SiteAddress | null;
  /** Ends in order: no new calls, what runs is stopped, threads end, the socket goes, the home is free. */
  close(): Promise<void>;
}

/**
 * An engine that stays and serves other processes. HOME_UNSAFE, HOME_HELD, WRONG_PASSPHRASE; for HTTP also TLS_REQUIRED,
 * TLS_UNUSABLE, LISTEN_FAILED.
 */
export async function serveEngine({ secrets: place, ...given }: ServeOptions): Promise<ServedEngine> {
  await prepareHome(given.home);
  const secrets =
    place !== undefined && 'passphrase' in place ? await SealedSecretStore.open(given.home, place.passphrase) : place;
  const options = { ...given, secrets: secrets ?? null };
  const engine = await until(options, 'serve', async () => {
    const other = await connectEngine(options.home, options.caller);
    const kind = other?.hello.kind;
    other?.close();
    if (kind === 'serve') throw held(options.home, 'serves it already');
    return null;
  });
  const own = engine as OwnEngine;
  // Here the engine is loaded already; a command that another one serves starts without it.
  const { PortDoor: door } = await import('./api/message-port.ts');
  const ports = new door((actsFor, path, input, signal) => own.callFor(actsFor, path, input, signal));
  return {
    client: createORPCClient({
      call: (path, input, callOptions) => own.call(path, input, callOptions.signal),
    }),
    socket: own.socket,
    console: own.console,
    site: own.site,
    openPort: (port, portOptions) => ports.open(port, portOptions),
    resumed: () => own.resumed(),
    conditionsChanged: () => own.conditionsChanged(),
    close: async () => {
      ports.refuseCalls(new HoldfastError('ENGINE_STOPPED', 'The engine was told to end.'));
      await own.close();
      ports.close();
    },
  };
}

async function findEngine(given: EngineOptions): Promise<EngineDoor> {
  await prepareHome(given.home);
  const { home, passphrase } = given;
  const options = passphrase === undefined ? given : { ...given, secrets: new LazySecretStore(home, passphrase) };
  return until(options, 'command', (late) => attach(options, late));
}

/** Takes the home as soon as it is free, unless `instead` finds another way before; `late` once patience has run out. */
async function until(
  options: EngineOptions &
    Pick<ServeOptions, 'http' | 'site' | 'conditions' | 'notify'> & { readonly secrets?: SecretStore | null },
  kind: EngineKind,
  instead: (late: boolean) => Promise<EngineDoor | null>,
): Promise<EngineDoor> {
  const { home } = options;
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const late = performance.now() > deadline;
    const lock = lockHome(home);
    if (lock !== null) {
      if (kind === 'command' && options.opens) await beginKey(options.opens);
      // Loaded only by who owns a home: a command that another engine serves starts without it.
      const { OwnEngine: own } = await import('./api/own-engine.ts');
      return own.open(lock, kind, options);
    }
    const other = await instead(late);
    if (other !== null) return other;
    if (late) throw held(home, 'does not answer');
    await sleep(pollMs);
  }
}

/**
 * Whoever runs in the engine of a command keeps that command's process from ending. So a short command is waited for; one
 * that is at a long operation serves the others meanwhile, and so does an engine that stays.
 */
async function attach(options: EngineOptions, late: boolean): Promise<EngineDoor | null> {
  const engine = await connectEngine(options.home, options.caller).catch((error: unknown) => {
    // Others leave, and make room.
    if (!late && error instanceof HoldfastError && error.code === 'ENGINE_BUSY') return null;
    throw error;
  });
  if (engine === null) return null;
  const stranger = differenceTo(engine.hello, options.version);
  if (stranger === null && (engine.hello.kind === 'serve' || engine.hello.working || late)) return doorOf(engine);
  engine.close();
  if (stranger !== null && (late || engine.hello.kind === 'serve')) throw held(options.home, stranger);
  return null;
}

function differenceTo({ protocol, version, place }: Hello, own: string): string | null {
  if (protocol !== protocolVersion || version !== own) return `is Holdfast ${version}, and this is ${own}`;
  return place === ownPlace() ? null : 'sees other files under the same names, as in another container';
}

function doorOf(engine: RemoteEngine): EngineDoor {
  return {
    call: (path, input, signal) => engine.call(path, input, signal),
    close: () => {
      engine.close();
      return Promise.resolve();
    },
  };
}

function held(home: string, why: string): HoldfastError {
  const owner = homeOwner(home);
  const who = owner === null ? 'Another process' : `Process ${owner.pid}`;
  return new HoldfastError('HOME_HELD', `${who} owns ${home} and ${why}.`);
}
