import { InvalidArgumentError, type Command } from 'commander';
import { formatDuration } from '../../shared/model/units.ts';
import type { ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

/** Below `holdfast site`: this home as the witness between two others. */
export function registerSiteLeases(site: Command, run: RunCommand): void {
  const lease = site.command('lease').description('keep leases between other consoles, as their witness');
  lease
    .command('add')
    .description('make a lease that one of some consoles has at a time; their passwords are shown this once')
    .argument('<name>', 'what it is called')
    .argument('<holders...>', 'the consoles that may have it, two at least')
    .action((name: string, holders: string[]) => run((cli) => add(cli, name, holders)));
  lease
    .command('list')
    .description('list who has which lease')
    .action(() => run(list));
  lease
    .command('remove')
    .description('keep a lease no more: nobody has it then, and nobody is promoted')
    .argument('<name>', 'the lease')
    .action((name: string) => run((cli) => remove(cli, name)));
}

/** `none`, or a lease and its holder. */
export function userLeaseArgument(text: string): { name: string; holder: string } | null {
  if (text === 'none') return null;
  const [, name, holder] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (name !== undefined && holder !== undefined) return { name, holder };
  throw new InvalidArgumentError('Give a lease and who has to have it, such as office/hq, or `none`.');
}

function add(cli: Cli, name: string, holders: readonly string[]): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const made = await client.siteServer.leases.add({ name, holders: [...holders] }, { signal });
    await cli.output.document(made);
    await cli.output.lines(Object.entries(made.passwords).map(([holder, password]) => `${holder}  ${password}`));
    cli.output.note('They are not shown again. At each of the consoles: holdfast failover automatic own, or stand-by.');
    return 0;
  });
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { leases } = await client.siteServer.leases.list({}, { signal });
    await cli.output.document(leases);
    const titles = ['NAME', 'HELD BY', 'TOKEN', 'STATE', 'MAY HAVE IT'].map((title) => ({ title }));
    const rows = leases.map(({ name, holder, token, leftMs, overdueMs, paused, holders }) => {
      const late = leftMs > 0 ? 'held' : `late by ${formatDuration(overdueMs)}`;
      const state = holder === null ? 'free' : late;
      return [name, holder ?? '', String(token), paused === null ? state : `${state}, paused`, holders.join(', ')];
    });
    await cli.output.lines(rows.length === 0 ? ['No lease is kept here.'] : tableLines(titles, rows));
    return 0;
  });
}

function remove(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const removed = await client.siteServer.leases.remove({ name }, { signal });
    await cli.output.document(removed);
    await cli.output.summary([`The lease ${name} is kept no more.`]);
    return 0;
  });
}
