import type { Command } from 'commander';
import { shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { passwordOfNewRepository } from './password.ts';
import { absoluteLocation, configuredLocation, defaultLocation } from './repository-location.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';

export function registerInit(program: Command, run: RunCommand): void {
  program
    .command('init')
    .description('create a repository, the place where snapshots are stored')
    .argument(
      '[repository]',
      'a new folder, or one without a repository; by default HOLDFAST_REPOSITORY, else ~/.holdfast/repository',
    )
    .action((location: string | undefined) => run((cli) => init(cli, location)));
}

async function init(cli: Cli, argument: string | undefined): Promise<ExitCode> {
  const { world, output } = cli;
  if (argument === '') throw badUsage('The name of the repository is empty.');
  if (argument !== undefined && cli.repositoryOption !== undefined) {
    throw badUsage('Name the repository once: as the argument or with --repository.');
  }
  const named =
    argument === undefined ? configuredLocation(world, cli.repositoryOption) : absoluteLocation(world, argument);
  const location = named ?? defaultLocation(world);
  const password = await passwordOfNewRepository(world, output, location);
  return withEngine(cli, async ({ client, signal }) => {
    const info = await client.repository.init({ repository: { location, password } }, { signal });
    await output.document(info);
    await output.summary([
      `Repository ${shortId(info.id)} created at ${info.location} (format version ${info.version}).`,
    ]);
    return 0;
  });
}
