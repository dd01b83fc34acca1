import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LocatedRepository } from '../../shared/contract/common.ts';
import type { Recovered } from '../../shared/contract/configuration.ts';
import { maximumKitLength } from '../../shared/contract/recovery-kit.ts';
import { localTime, plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { localPassphrase, recoveryPassphrase } from './passphrase.ts';
import { absoluteLocation } from './repository-location.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli, type RepositorySession } from './session.ts';
import { factLines } from './table.ts';

type RecoverOptions = { from?: string; kit?: string; console?: string; replace?: boolean; dryRun?: boolean };

export function registerRecover(program: Command, run: RunCommand): void {
  program
    .command('recover')
    .description('bring back the sources, settings and holds that were saved in a repository')
    .option('--from <repository>', 'where from; by default the repository of other commands')
    .option('--kit <file>', 'where from, as a recovery kit says it that was kept as a file')
    .option('--console <id>', 'of several consoles that use the repository: which one, by its id or name')
    .option('--replace', 'in place of the configuration that is here')
    .option('--dry-run', 'only say what would come back')
    .action((options: RecoverOptions) => run((cli) => recover(cli, options)));
}

async function recover(cli: Cli, { from, kit, ...options }: RecoverOptions): Promise<ExitCode> {
  if ([from, kit, cli.repositoryOption].filter((given) => given !== undefined).length > 1)
    throw badUsage('Name the repository once: with --from, with --kit or with --repository.');
  const { dryRun = false, replace = false, console } = options;
  const named = kit === undefined ? from : await placeInKit(cli, kit);
  const repositoryOption = named === undefined ? cli.repositoryOption : absoluteLocation(cli.world, named);
  return withRepository({ ...cli, repositoryOption }, async (session) => {
    const { client, signal, repository } = session;
    const input = { repository, replace, dryRun, ...(console === undefined ? {} : { console }) };
    const credentials = dryRun ? null : await openingCredentials(cli, session, input);
    const recovered = await client.configuration.recover(
      { ...input, ...(credentials === null ? {} : { credentials }) },
      { signal },
    );
    await cli.output.document(recovered);
    await cli.output.summary(recoveredLines(recovered, dryRun));
    tellSaved(cli.output, recovered);
    if (!dryRun) cli.output.note(afterwards(repository, kit ?? from));
    return 0;
  });
}

/** The engine reads it, so that one program decides what a kit is. */
async function placeInKit(cli: Cli, file: string): Promise<string> {
  const path = resolve(cli.world.folder, file);
  const { size } = await stat(path);
  // What is longer than any kit is not read at all, and refused as what it is.
  const text = size > maximumKitLength ? '' : await readFile(path, 'utf8');
  let place = '';
  await withEngine(cli, async ({ client, signal }) => {
    place = (await client.recoveryKit.read({ text }, { signal })).repository.location;
    return 0;
  });
  return place;
}

type Passphrases = { readonly recoveryPassphrase: string; readonly passphrase: string };

/** Nobody is asked for passphrases that would open nothing. Null where credentials stay closed. */
async function openingCredentials(
  cli: Cli,
  { client, signal }: RepositorySession,
  input: { repository: LocatedRepository; replace: boolean; console?: string },
): Promise<Passphrases | null> {
  const { sealed } = await client.configuration.recover({ ...input, dryRun: true }, { signal });
  const opened = sealed ? await recoveryPassphrase(cli) : null;
  if (opened === null) return null;
  const { exists } = await client.credentials.list({}, { signal });
  return { recoveryPassphrase: opened, passphrase: await localPassphrase(cli, exists) };
}

/** Other commands do not know of the place that this one alone was told. */
function afterwards({ location }: LocatedRepository, told: string | undefined): string {
  const named = told === undefined ? '' : `set HOLDFAST_REPOSITORY to ${location}, then `;
  return `Next: ${named}run \`holdfast rebuild-catalog\`. Until then, search and \`holdfast status\` know of no snapshot; restores work.`;
}

function recoveredLines(recovered: Recovered, dryRun: boolean): string[] {
  const { console, savedAt, sources, awsAccounts, settings, holds, plans, toApprove, credentials } = recovered;
  const { profiles, sites } = recovered;
  const { recovered: opened, toEnter } = credentials;
  return [
    `${dryRun ? 'This would come back' : 'Brought back'} from ${console.name} (${console.id}), as of ${localTime(savedAt)}:`,
    ...factLines([
      ['sources', sources.length === 0 ? 'none' : sources.join(', ')],
      ['profiles', profiles.length === 0 ? 'none' : profiles.join(', ')],
      ['sites', sites.length === 0 ? 'none' : sites.join(', ')],
      ['AWS accounts', awsAccounts.length === 0 ? 'none' : awsAccounts.map(({ name }) => name).join(', ')],
      ['settings', plural(settings, 'setting')],
      ['holds', plural(holds, 'held snapshot')],
      ['recovery plans', plans.length === 0 ? 'none' : plans.map(({ name }) => name).join(', ')],
      ['credentials', opened.length === 0 ? 'none' : opened.join(', ')],
    ]),
    ...toEnter.map((name) => `To be entered again: credential ${name}.`),
    ...sites.map(
      (name) => `To be entered again: the password of the site ${name}, by \`holdfast site connect "${name}"\`.`,
    ),
    ...awsAccounts
      .filter(({ lacksSecret }) => lacksSecret)
      .map(({ name }) => `To be entered again: the secret of the AWS account ${name}.`),
    ...awsAccounts
      .filter((account) => account.toApprove)
      .map(({ name }) => `The AWS account ${name} is limited until \`holdfast aws account approve '${name}'\`.`),
    ...plans
      .filter((plan) => plan.toApprove)
      .map(({ name }) => `The plan ${name} cannot be run until \`holdfast plan approve '${name}'\`.`),
    ...toApprove.map((name) => `The commands of ${name} are disabled until \`holdfast source approve ${name}\`.`),
  ];
}
