import type { Command } from 'commander';
import type { LocatedRepository } from '../../shared/contract/common.ts';
import { collect } from './arguments.ts';
import { shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { passwordOfNewRepository } from './password.ts';
import { REACH_HELP, reachOf } from './reach-properties.ts';
import { absoluteLocation, configuredLocation, defaultLocation } from './repository-location.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import type { ContractClient } from './world.ts';

export function registerInit(program: Command, run: RunCommand): void {
  program
    .command('init')
    .description('create a repository, the place where snapshots are stored')
    .argument(
      '[repository]',
      'a new folder, or one without a repository; by default HOLDFAST_REPOSITORY, else ~/.holdfast/repository',
    )
    .option('--set <key=value>', 'what a repository elsewhere is reached with (repeatable)', collect)
    .option('--secret <key=env:NAME>', 'a secret that it is reached with, from the environment (repeatable)', collect)
    .addHelpText('after', REACH_HELP)
    .action((location: string | undefined, options: InitOptions) => run((cli) => init(cli, location, options)));
}

type InitOptions = { readonly set?: readonly string[]; readonly secret?: readonly string[] };

async function init(cli: Cli, argument: string | undefined, options: InitOptions): Promise<ExitCode> {
  const { world, output } = cli;
  if (argument === '') throw badUsage('The name of the repository is empty.');
  if (argument !== undefined && cli.repositoryOption !== undefined) {
    throw badUsage('Name the repository once: as the argument or with --repository.');
  }
  const named =
    argument === undefined ? configuredLocation(world, cli.repositoryOption) : absoluteLocation(world, argument);
  const location = named ?? defaultLocation(world);
  const { set = [], secret = [] } = options;
  const reach = reachOf(cli, location, { set, secret });
  const password = await passwordOfNewRepository(world, output, location);
  const repository = { location, password, ...(reach === undefined ? {} : { reach }) };
  return withEngine(cli, async ({ client, signal }) => {
    const info = await client.repository.init({ repository }, { signal });
    // Whoever names the place later finds there what it is reached with.
    if (set.length + secret.length > 0) await connect(cli, client, repository);
    await output.document(info);
    await output.summary([
      `Repository ${shortId(info.id)} created at ${info.location} (format version ${info.version}).`,
    ]);
    return 0;
  });
}

async function connect({ world, output }: Cli, client: ContractClient, repository: LocatedRepository): Promise<void> {
  const remember = ['HOLDFAST_PASSPHRASE', 'HOLDFAST_PASSPHRASE_FILE'].some((name) => (world.env[name] ?? '') !== '');
  await client.repositories.connect({ ...repository, remember });
  if (remember || Object.keys(repository.reach?.secrets ?? {}).length === 0) return;
  output.say(
    'Its secrets are not kept, since nothing says where: set HOLDFAST_PASSPHRASE_FILE, or give them each time.',
  );
}
