import type { Command } from 'commander';
import type { Recovered } from '../../shared/contract/configuration.ts';
import { localTime, plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { absoluteLocation } from './repository-location.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withRepository, type Cli } from './session.ts';
import { factLines } from './table.ts';

type RecoverOptions = { from?: string; console?: string; replace?: boolean; dryRun?: boolean };

export function registerRecover(program: Command, run: RunCommand): void {
  program
    .command('recover')
    .description('bring back the sources, settings and holds that were saved in a repository')
    .option('--from <repository>', 'where from; by default the repository of other commands')
    .option('--console <id>', 'of several consoles that use the repository: which one, by its id or name')
    .option('--replace', 'in place of the configuration that is here')
    .option('--dry-run', 'only say what would come back')
    .action((options: RecoverOptions) => run((cli) => recover(cli, options)));
}

function recover(cli: Cli, { from, ...options }: RecoverOptions): Promise<ExitCode> {
  if (from !== undefined && cli.repositoryOption !== undefined)
    throw badUsage('Name the repository once: with --from or with --repository.');
  const { dryRun = false, replace = false, console } = options;
  const repositoryOption = from === undefined ? cli.repositoryOption : absoluteLocation(cli.world, from);
  return withRepository({ ...cli, repositoryOption }, async ({ client, signal, repository }) => {
    const input = { repository, replace, dryRun, ...(console === undefined ? {} : { console }) };
    const recovered = await client.configuration.recover(input, { signal });
    await cli.output.document(recovered);
    await cli.output.summary(recoveredLines(recovered, dryRun));
    tellSaved(cli.output, recovered);
    return 0;
  });
}

function recoveredLines(recovered: Recovered, dryRun: boolean): string[] {
  const { console, savedAt, sources, settings, holds, toApprove } = recovered;
  return [
    `${dryRun ? 'This would come back' : 'Brought back'} from ${console.name} (${console.id}), as of ${localTime(savedAt)}:`,
    ...factLines([
      ['sources', sources.length === 0 ? 'none' : sources.join(', ')],
      ['settings', plural(settings, 'setting')],
      ['holds', plural(holds, 'held snapshot')],
    ]),
    ...toApprove.map((name) => `The commands of ${name} are disabled until \`holdfast source approve ${name}\`.`),
  ];
}
