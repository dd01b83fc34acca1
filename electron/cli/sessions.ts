import type { Command } from 'commander';
import type { Session } from '../../shared/contract/sessions.ts';
import { roleTable } from '../../shared/model/roles.ts';
import { localTime } from './display.ts';
import type { ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { badUsage } from './failure.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

export function registerSessions(program: Command, run: RunCommand): void {
  const session = program.command('session').description('see which browsers are signed in, and put them out');
  session
    .command('list')
    .description('list the browsers that are signed in, the one used last first')
    .action(() => run(list));
  session
    .command('revoke')
    .description('put a browser out, with what it has under way')
    .argument('[session]', 'its id')
    .option('--all', 'all of them, and links that nobody has used yet')
    .action((id: string | undefined, { all = false }: { all?: boolean }) => run((cli) => revoke(cli, id, all)));
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { sessions } = await client.sessions.list({}, { signal });
    await cli.output.document(sessions);
    const columns = ['ID', 'WHO', 'ROLE', 'SINCE', 'LAST SEEN', 'FROM', 'BROWSER'].map((title) => ({ title }));
    await cli.output.lines(
      sessions.length === 0 ? ['No browser is signed in.'] : tableLines(columns, sessions.map(row)),
    );
    return 0;
  });
}

function row({ id, actor, role, beganAt, lastSeenAt, address, browser }: Session): string[] {
  return [
    id,
    actor,
    roleTable[role].name,
    localTime(beganAt),
    localTime(lastSeenAt),
    address ?? 'unknown',
    browser ?? 'unknown',
  ];
}

function revoke(cli: Cli, id: string | undefined, all: boolean): Promise<ExitCode> {
  if ((id === undefined) !== all) throw badUsage('Name one session, or all of them with --all.');
  return withEngine(cli, async ({ client, signal }) => {
    if (id === undefined) {
      const { revoked } = await client.sessions.revokeAll({ own: true }, { signal });
      await cli.output.document({ revoked });
      await cli.output.summary([`${revoked === 1 ? 'One browser is' : `${revoked} browsers are`} signed out.`]);
      return 0;
    }
    const gone = await client.sessions.revoke({ session: id }, { signal });
    await cli.output.document(gone);
    await cli.output.summary([`The browser of ${gone.actor} is signed out.`]);
    return 0;
  });
}
