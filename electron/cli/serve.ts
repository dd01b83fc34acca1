import type { Command } from 'commander';
import { HoldfastError } from '../../shared/model/errors.ts';
import type { ExitCode } from './failure.ts';
import { holdfastHome } from './repository-location.ts';
import type { RunCommand } from './run-command.ts';
import { engineOptions, watchInterrupts, type Cli } from './session.ts';
import type { ContractClient } from './world.ts';

export function registerServe(program: Command, run: RunCommand): void {
  program
    .command('serve')
    .description('keep an engine running that does the work of all other commands, until it is told to end')
    .action(() => run((cli) => serveUntilStopped(cli, { home: holdfastHome(cli.world) })));
}

export type ServeOptions = {
  readonly home: string;
  /** Of a sandbox: the time of day that its snapshots are taken at. */
  readonly takenAtMs?: () => number;
  /** What is done with the engine before anybody is told of it. */
  readonly prepare?: (client: ContractClient, signal: AbortSignal) => Promise<void>;
};

/** The first Ctrl-C or SIGTERM ends the engine in order, the second at once. */
export async function serveUntilStopped(cli: Cli, { home, takenAtMs, prepare }: ServeOptions): Promise<ExitCode> {
  const { world, output } = cli;
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  const interrupt = watchInterrupts(cli, {
    onFirst: () => {
      output.note('Ending; what is being written is brought to an end. Once more ends it at once.');
      stop.abort(new HoldfastError('CANCELLED', 'It was told to end.'));
    },
  });
  const options = { ...engineOptions(cli), home, ...(takenAtMs !== undefined && { takenAtMs }) };
  try {
    const engine = await world.serveEngine(options);
    try {
      if (prepare !== undefined) {
        const visitor = await world.openEngine(options);
        try {
          await prepare(visitor.client, stop.signal);
        } finally {
          await visitor.close();
        }
      }
      await output.lines([`Serving ${home} on ${engine.socket}`]);
      if (output.style.json) await output.documentPart(`${JSON.stringify({ socket: engine.socket })}\n`);
      await stopped;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      await engine.close();
    }
    return 0;
  } finally {
    interrupt.stop();
  }
}
