import type { Command } from 'commander';
import { toHoldfastError } from '../../shared/model/errors.ts';
import type { ExitCode } from './failure.ts';
import { configuredLocation, holdfastHome } from './repository-location.ts';
import { passwordFromEnvironment } from './password.ts';
import type { RunCommand } from './run-command.ts';
import { engineOptions, watchInterrupts, type Cli } from './session.ts';
import type { ContractClient } from './world.ts';

export function registerServe(program: Command, run: RunCommand): void {
  program
    .command('serve')
    .description('keep an engine running that does the work of all other commands, until it is told to end')
    .action(() => run(serve));
}

/** The first Ctrl-C or SIGTERM ends the engine in order, the second at once. */
async function serve(cli: Cli): Promise<ExitCode> {
  const { world, output } = cli;
  const stopped = Promise.withResolvers<void>();
  const interrupt = watchInterrupts(cli, {
    onFirst: () => {
      output.note('Ending; what is being written is brought to an end. Once more ends it at once.');
      stopped.resolve();
    },
  });
  try {
    const passphrase = await passwordFromEnvironment(world, output, 'HOLDFAST_PASSPHRASE');
    const secrets = passphrase === null ? {} : { secrets: { passphrase } };
    const engine = await world.serveEngine({ ...engineOptions(cli), ...secrets });
    await openConfigured(cli, engine.client);
    await output.lines([`Serving ${holdfastHome(world)} on ${engine.socket}`]);
    if (output.style.json) await output.documentPart(`${JSON.stringify({ socket: engine.socket })}\n`);
    await stopped.promise;
    await engine.close();
    return 0;
  } finally {
    interrupt.stop();
  }
}

/**
 * A repository that option or environment name is connected and open from the start, where its password can be had
 * without asking. A failure is told, and does not keep the engine from serving.
 */
async function openConfigured(cli: Cli, client: ContractClient): Promise<void> {
  const { world, output } = cli;
  const location = configuredLocation(world, cli.repositoryOption);
  if (location === null) return;
  const password = await passwordFromEnvironment(world, output, 'HOLDFAST_PASSWORD');
  if (password === null) return;
  try {
    const { repositories } = await client.repositories.list({});
    const known = repositories.find((one) => one.location === location);
    if (known === undefined) await client.repositories.connect({ location, password });
    else await client.repositories.unlock({ id: known.id, password });
  } catch (error) {
    output.warn(`The repository at ${location} is not open: ${toHoldfastError(error).message}`);
  }
}
