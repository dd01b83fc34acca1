import type { LocatedRepository } from '../../shared/contract/common.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { parseLocation } from '../../shared/model/location.ts';
import { ownerTenant } from '../../shared/model/tenants.ts';
import type { ExitCode } from './failure.ts';
import type { Output } from './output.ts';
import { currentPassword, passwordFromEnvironment } from './password.ts';
import { holdfastHome, requireLocation } from './repository-location.ts';
import { reachOf } from './reach-properties.ts';
import type { ContractClient, InterruptSignal, OpenOptions, World } from './world.ts';

/** One command as it was called: its surroundings, its output and the options every command has. */
export type Cli = {
  readonly world: World;
  readonly output: Output;
  /** `--repository`, as typed. */
  readonly repositoryOption: string | undefined;
  /** `--tenant`: for whom; without it, the owner of the home. */
  readonly tenantOption?: string | undefined;
};

export type EngineSession = { readonly client: ContractClient; readonly signal: AbortSignal };
export type RepositorySession = EngineSession & { readonly repository: LocatedRepository };

/** npm and a starting process both pass a Ctrl-C on, so one keystroke may arrive several times. */
const SAME_KEYSTROKE_MS = 1000;

/** The repository that the options and the environment name, and its password. NO_REPOSITORY, NO_PASSWORD. */
export async function repositoryAccess(cli: Cli): Promise<LocatedRepository> {
  const location = await requireLocation(cli.world, cli.repositoryOption);
  return located(cli, location, await currentPassword(cli.world, cli.output, location));
}

/** With what the environment says about reaching the place. */
export function located(cli: Cli, location: string, password: string): LocatedRepository {
  const reach = reachOf(cli, location);
  return { location, password, ...(reach === undefined ? {} : { reach }) };
}

/** Runs the body with an open engine and the repository of `repositoryAccess`. */
export async function withRepository(
  cli: Cli,
  body: (session: RepositorySession) => Promise<ExitCode>,
): Promise<ExitCode> {
  const repository = await repositoryAccess(cli);
  return withEngine(cli, (session) => body({ ...session, repository }), repository);
}

/**
 * Runs the body with an open engine. The first Ctrl-C aborts its signal and waits, the second ends the process. `opens`: the
 * repository that it will open first, where that is known.
 */
export async function withEngine(
  cli: Cli,
  body: (session: EngineSession) => Promise<ExitCode>,
  opens: LocatedRepository | null = null,
): Promise<ExitCode> {
  const { world, output } = cli;
  const cancel = new AbortController();
  const { signal } = cancel;
  const interrupt = watchInterrupts(cli, {
    onFirst: (name) => {
      output.say('Cancelling; what is being written is brought to an end. Once more ends it at once.');
      cancel.abort(new HoldfastError('CANCELLED', `The command was cancelled by ${signalWord(name)}.`));
    },
  });
  try {
    const engine = await world.openEngine({ ...engineOptions(cli), ...secretsOf(cli), opens: folderOf(opens) });
    try {
      signal.throwIfAborted();
      return await body({ client: engine.client, signal });
    } finally {
      await engine.close();
    }
  } catch (error) {
    throw signal.aborted ? asCancelled(error, signal) : error;
  } finally {
    interrupt.stop();
  }
}

/** What is reached over a network is opened when it is asked for. */
function folderOf(opens: LocatedRepository | null): NonNullable<OpenOptions['opens']> | null {
  const location = opens === null ? null : parseLocation(opens.location);
  return opens !== null && location?.kind === 'local' ? { folder: location.folder, password: opens.password } : null;
}

export function engineOptions({ world, output, tenantOption }: Cli): OpenOptions {
  const caller = { tenant: tenantOption ?? ownerTenant, actor: `cli:${world.userName}` };
  return { home: holdfastHome(world), caller, onNotice: (text) => output.say(text) };
}

/** The first Ctrl-C or SIGTERM calls back, a second one that is not the same keystroke ends the process. */
export function watchInterrupts(
  { world }: Cli,
  { onFirst }: { readonly onFirst: (signal: InterruptSignal) => void },
): { stop(): void } {
  let firstAt: number | null = null;
  const stop = world.onInterrupt((signal) => {
    if (firstAt === null) {
      firstAt = world.monotonicMs();
      onFirst(signal);
    } else if (world.monotonicMs() - firstAt >= SAME_KEYSTROKE_MS) {
      world.die(signal);
    }
  });
  return { stop };
}

function signalWord(signal: InterruptSignal): string {
  return signal === 'SIGINT' ? 'Ctrl-C' : 'SIGTERM';
}

/** An abort surfaces as whatever was under way; a failure that is understood keeps its own name. */
function asCancelled(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof HoldfastError && error.code !== 'INTERNAL') return error;
  const aborted =
    error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'ABORT_ERR'));
  return aborted || error === signal.reason ? signal.reason : error;
}

/** The sealed file of secrets, where the environment says how it is opened. */
function secretsOf({ world, output }: Cli): Pick<OpenOptions, 'passphrase'> {
  const isGiven = ['HOLDFAST_PASSPHRASE', 'HOLDFAST_PASSPHRASE_FILE'].some((name) => (world.env[name] ?? '') !== '');
  return isGiven ? { passphrase: () => passwordFromEnvironment(world, output, 'HOLDFAST_PASSPHRASE') } : {};
}
