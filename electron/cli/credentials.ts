import type { Command } from 'commander';
import type { Credential } from '../../shared/contract/credentials.ts';
import { collect, sourceArgument } from './arguments.ts';
import type { ExitCode } from './failure.ts';
import { localPassphrase, newRecoveryPassphrase } from './passphrase.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { secretValue } from './secret-values.ts';
import { withEngine, withRepository, type Cli, type RepositorySession } from './session.ts';
import { tableLines } from './table.ts';

const PASSPHRASE_HELP = `
Credentials lie in HOLDFAST_HOME/secrets, sealed under a passphrase: HOLDFAST_PASSPHRASE, else the content of the file
that HOLDFAST_PASSPHRASE_FILE names, else asked on the terminal. The first one given is the one from then on.`;

export function registerCredentials(program: Command, run: RunCommand): void {
  const credential = program.command('credential').description('manage the credentials this machine keeps');
  credential
    .command('set')
    .description('store a credential, in place of one of the same name')
    .argument('<name>', 'its name', sourceArgument)
    .requiredOption('--secret <key=env:NAME>', 'a value, taken from an environment variable (repeatable)', collect)
    .addHelpText('after', PASSPHRASE_HELP)
    .action((name: string, { secret }: { secret: string[] }) => run((cli) => set(cli, name, secret)));
  credential
    .command('list')
    .description('list the names of the credentials, never their values')
    .action(() => run(list));
  credential
    .command('remove')
    .description('remove a credential from this machine')
    .argument('<name>', 'its name', sourceArgument)
    .addHelpText('after', PASSPHRASE_HELP)
    .action((name: string) => run((cli) => remove(cli, name)));
  program
    .command('recovery-passphrase')
    .description('manage the passphrase that brings credentials back on another machine')
    .command('set')
    .description('choose it: from now on the repository holds the credentials, sealed under it')
    .addHelpText(
      'after',
      `
It is HOLDFAST_RECOVERY_PASSPHRASE, else the content of the file that HOLDFAST_RECOVERY_PASSPHRASE_FILE names, else
asked. Keep it somewhere other than this machine, and not beside the password of the repository.`,
    )
    .action(() => run(setRecovery));
}

async function set(cli: Cli, name: string, secrets: readonly string[]): Promise<ExitCode> {
  const values = secrets.map((text) => secretValue(cli, text));
  return withPassphrase(cli, async ({ client, signal, repository }, passphrase) => {
    const saved = await client.credentials.set({ repository, passphrase, name, values }, { signal });
    await cli.output.document(saved);
    await cli.output.summary([`Credential ${name} is stored: ${values.map(({ key }) => key).join(', ')}.`]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { credentials } = await client.credentials.list({}, { signal });
    await cli.output.document(credentials);
    const columns = ['NAME', 'HOLDS', 'HERE', 'RECOVERABLE'].map((title) => ({ title }));
    await cli.output.lines(credentials.length === 0 ? ['No credentials.'] : tableLines(columns, credentials.map(row)));
    return 0;
  });
}

function row({ name, keys, here, recoverable }: Credential): string[] {
  const back = recoverable ? 'with the recovery passphrase' : 'no, to be entered again';
  return [name, keys.join(', '), here ? 'yes' : 'no', back];
}

function remove(cli: Cli, name: string): Promise<ExitCode> {
  return withPassphrase(cli, async ({ client, signal, repository }, passphrase) => {
    const saved = await client.credentials.remove({ repository, passphrase, name }, { signal });
    await cli.output.document(saved);
    await cli.output.summary([
      `Credential ${name} is removed here. Configurations saved before still hold it, if it was sealed for recovery.`,
    ]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function setRecovery(cli: Cli): Promise<ExitCode> {
  return withPassphrase(cli, async ({ client, signal, repository }, passphrase) => {
    const recoveryPassphrase = await newRecoveryPassphrase(cli);
    const input = { repository, passphrase, recoveryPassphrase };
    const saved = await client.credentials.setRecoveryPassphrase(input, { signal });
    await cli.output.document(saved);
    await cli.output.summary([
      'Credentials are sealed under the recovery passphrase, and saved with the configuration.',
    ]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function withPassphrase(
  cli: Cli,
  body: (session: RepositorySession, passphrase: string) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withRepository(cli, async (session) => {
    const { exists } = await session.client.credentials.list({}, { signal: session.signal });
    return body(session, await localPassphrase(cli, exists));
  });
}
