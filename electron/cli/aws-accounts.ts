import type { Command } from 'commander';
import { accountSecretKeys, type AwsAccount, type AwsAccountSecret } from '../../shared/contract/aws-accounts.ts';
import { collect, sourceArgument } from './arguments.ts';
import {
  AWS_ACCOUNT_HELP,
  awsAccountFacts,
  awsAccountWith,
  credentialsWords,
  newAwsAccount,
} from './aws-account-properties.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { secretValue, tellSecrets } from './secret-values.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

type AddOptions = { readonly name: string; readonly set?: string[]; readonly secret?: string[] };
type ChangeOptions = Omit<AddOptions, 'name'> & { readonly unset?: string[]; readonly otherAccount?: boolean };

export function registerAwsAccounts(aws: Command, run: RunCommand): void {
  const account = aws.command('account').description('manage the accounts by which AWS is asked');
  account
    .command('add')
    .description('register an account, to be named by sources with --set account=<name>')
    .requiredOption('--name <name>', 'its name', sourceArgument)
    .option('--set <key=value>', 'a property (repeatable)', collect)
    .option('--secret <key=env:NAME>', 'what it is reached with, from the environment (repeatable)', collect)
    .addHelpText('after', AWS_ACCOUNT_HELP)
    .action((options: AddOptions) => run((cli) => add(cli, options)));
  account
    .command('list')
    .description('list the registered accounts, and who AWS says they are')
    .action(() => run(list));
  account
    .command('show')
    .description('show how an account asks AWS, and which sources use it')
    .argument('<name>', 'its name', sourceArgument)
    .action((name: string) => run((cli) => show(cli, name)));
  account
    .command('set')
    .description('change an account; what is not named stays as it is')
    .argument('<name>', 'its name', sourceArgument)
    .option('--set <key=value>', 'a property, in place of what it was (repeatable)', collect)
    .option('--unset <key>', 'take a property away (repeatable)', collect)
    .option('--secret <key=env:NAME>', 'what it is reached with, from the environment (repeatable)', collect)
    .option('--other-account', 'it may be another AWS account than before')
    .addHelpText('after', AWS_ACCOUNT_HELP)
    .action((name: string, options: ChangeOptions) => run((cli) => change(cli, name, options)));
  account
    .command('remove')
    .description('forget an account and its secret; one that sources use stays')
    .argument('<name>', 'its name', sourceArgument)
    .action((name: string) => run((cli) => remove(cli, name)));
  account
    .command('approve')
    .description('let an account that came from a repository start its program, and ask its endpoint, from here')
    .argument('<name>', 'its name', sourceArgument)
    .action((name: string) => run((cli) => approve(cli, name)));
}

function add(cli: Cli, { name, set = [], secret = [] }: AddOptions): Promise<ExitCode> {
  const account = newAwsAccount(name, set);
  const secrets = accountSecrets(cli, secret);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const added = await client.aws.accounts.add({ repository, account, secrets }, { signal });
    await cli.output.document(added);
    await cli.output.summary([`AWS account ${name} is registered${whoWords(added.account)}.`]);
    tellSecrets(cli.output, added.secretsKept, secrets);
    tellSaved(cli.output, added);
    return 0;
  });
}

function change(
  cli: Cli,
  name: string,
  { set = [], unset = [], secret = [], otherAccount = false }: ChangeOptions,
): Promise<ExitCode> {
  if (set.length + unset.length + secret.length === 0 && !otherAccount)
    throw badUsage('Nothing to change: give --set, --unset, --secret or --other-account.');
  const secrets = accountSecrets(cli, secret);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { name: _name, ...before } = await client.aws.accounts.show({ name }, { signal });
    const account = awsAccountWith({ name, ...before }, { set, unset });
    const changed = await client.aws.accounts.set({ repository, account, secrets, otherAccount }, { signal });
    await cli.output.document(changed);
    await cli.output.summary([`AWS account ${name} is changed${whoWords(changed.account)}.`]);
    tellSecrets(cli.output, changed.secretsKept, secrets);
    tellSaved(cli.output, changed);
    return 0;
  });
}

function accountSecrets(cli: Cli, given: readonly string[]): AwsAccountSecret[] {
  return given.map((text) => {
    const { key, value, variable } = secretValue(cli, text);
    const known = accountSecretKeys.find((one) => one === key);
    if (known === undefined) throw badUsage(`A secret of an AWS account is ${accountSecretKeys.join(' or ')}.`);
    return { key: known, value, variable };
  });
}

function whoWords({ identity }: AwsAccount): string {
  return identity === null ? '; AWS did not say who that is' : `: AWS says it is ${identity.account}, ${identity.arn}`;
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { accounts } = await client.aws.accounts.list({}, { signal });
    await cli.output.document(accounts);
    const columns = ['NAME', 'BY', 'ACCOUNT', 'REGIONS', 'USED BY'].map((title) => ({ title }));
    const rows = accounts.map((account) => [
      account.name,
      `${credentialsWords(account)}${account.role === null ? '' : ', a role'}`,
      account.identity?.account ?? 'not known',
      account.regions.join(', ') || '–',
      account.usedBy.join(', ') || '–',
    ]);
    await cli.output.lines(
      accounts.length === 0
        ? ['No registered AWS accounts: sources use the AWS environment of the engine.']
        : tableLines(columns, rows),
    );
    return 0;
  });
}

function show(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const account = await client.aws.accounts.show({ name }, { signal });
    await cli.output.document(account);
    await cli.output.lines([`AWS account ${account.name}`, ...factLines(awsAccountFacts(account))]);
    return 0;
  });
}

function remove(cli: Cli, name: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const removed = await client.aws.accounts.remove({ repository, name }, { signal });
    await cli.output.document(removed);
    await cli.output.summary([`AWS account ${name} is no longer registered, and its secret is forgotten.`]);
    tellSaved(cli.output, removed);
    return 0;
  });
}

function approve(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const account = await client.aws.accounts.approve({ name }, { signal });
    await cli.output.document(account);
    await cli.output.summary([
      `AWS account ${name} is approved on this machine.`,
      ...factLines(awsAccountFacts(account)),
    ]);
    return 0;
  });
}
