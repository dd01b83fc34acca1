import type { Command } from 'commander';
import { HoldfastError } from '../../shared/model/errors.ts';
import { localTime, shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import { newPassword } from './password.ts';
import type { RunCommand } from './run-command.ts';
import { repositoryAccess, withEngine, withRepository, type Cli, type RepositorySession } from './session.ts';
import { tableLines } from './table.ts';

const NEW_PASSWORD_HELP = `
The new password is HOLDFAST_NEW_PASSWORD, else the content of the file that
HOLDFAST_NEW_PASSWORD_FILE names, else asked on the terminal.`;

export function registerKeys(program: Command, run: RunCommand): void {
  const key = program.command('key').description('manage the passwords that open the repository');
  key
    .command('list')
    .description('list the keys, one for each password')
    .action(() => run(listKeys));
  key
    .command('add')
    .description('add a password')
    .option(
      '--connection <name>',
      'to a repository that this home has open or remembers, by its name: where its password is lost',
    )
    .addHelpText('after', NEW_PASSWORD_HELP)
    .action(({ connection }: { connection?: string }) =>
      run((cli) => (connection === undefined ? addKey(cli) : addKeyTo(cli, connection))),
    );
  key
    .command('remove')
    .description('remove a password by the id of its key; the one in use is refused')
    .argument('<key>', 'id of the key, or its beginning')
    .action((id: string) => run((cli) => removeKey(cli, id)));
  key
    .command('passwd')
    .description('change the password in use')
    .addHelpText('after', NEW_PASSWORD_HELP)
    .action(() => run(changePassword));
}

function listKeys(cli: Cli): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const keys = await client.keys.list({ repository }, { signal });
    await cli.output.document(keys);
    const rows = keys.map((key) => [
      shortId(key.id),
      localTime(key.createdAt),
      key.username,
      key.hostname,
      key.current ? 'in use' : '',
    ]);
    const columns = ['ID', 'CREATED', 'USER', 'HOST', ''].map((title) => ({ title }));
    await cli.output.lines(tableLines(columns, rows));
    return 0;
  });
}

function addKey(cli: Cli): Promise<ExitCode> {
  return withNewPassword(cli, async ({ client, signal, repository }, password) => {
    const key = await client.keys.add({ repository, newPassword: password }, { signal });
    await cli.output.document(key);
    await cli.output.summary([`Key ${shortId(key.id)} added: the new password opens the repository too.`]);
    return 0;
  });
}

/** The password in use is not asked for: the console knows it, or has the repository open. */
async function addKeyTo(cli: Cli, name: string): Promise<ExitCode> {
  const password = await newPassword(cli.world, cli.output);
  return withEngine(cli, async ({ client, signal }) => {
    const { repositories } = await client.repositories.list({}, { signal });
    const known = repositories.find((one) => one.name === name || one.id === name);
    if (known === undefined) throw new HoldfastError('CONNECTION_UNKNOWN', `No repository is connected as ${name}.`);
    const key = await client.keys.add({ repository: { id: known.id }, newPassword: password }, { signal });
    await cli.output.document(key);
    await cli.output.summary([`Key ${shortId(key.id)} added: the new password opens ${known.name} too.`]);
    return 0;
  });
}

function removeKey(cli: Cli, id: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const key = await client.keys.remove({ repository, key: id }, { signal });
    await cli.output.document(key);
    await cli.output.summary([`Key ${shortId(key.id)} removed.`]);
    return 0;
  });
}

function changePassword(cli: Cli): Promise<ExitCode> {
  return withNewPassword(cli, async ({ client, signal, repository }, password) => {
    const key = await client.keys.passwd({ repository, newPassword: password }, { signal });
    await cli.output.document(key);
    await cli.output.summary([
      `Password changed: key ${shortId(key.id)} opens the repository now, the key used before was removed.`,
    ]);
    return 0;
  });
}

/** The current password is asked first, the new one after it, and only then is anything opened. */
async function withNewPassword(
  cli: Cli,
  body: (session: RepositorySession, password: string) => Promise<ExitCode>,
): Promise<ExitCode> {
  const repository = await repositoryAccess(cli);
  const password = await newPassword(cli.world, cli.output);
  return withEngine(cli, (session) => body({ ...session, repository }, password));
}
