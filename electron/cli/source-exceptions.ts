import { InvalidArgumentError, type Command } from 'commander';
import { parseDuration } from '../../shared/model/units.ts';
import { sourceArgument } from './arguments.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withRepository, type Cli } from './session.ts';

type AcceptOptions = { readonly reason?: string; readonly for?: number; readonly withdraw?: boolean };

export function registerExceptions(source: Command, run: RunCommand): void {
  source
    .command('accept')
    .description(
      'accept that a repository of a git or github source is gone: what was fetched of it stays in snapshots',
    )
    .argument('<name>', 'name of the source', sourceArgument)
    .argument('<repository>', 'its name, its number at GitHub, or its address')
    .option('--reason <text>', 'why that is all right')
    .option('--for <duration>', 'for how long, such as 90d; without it until it is back', durationArgument)
    .option('--withdraw', 'take it back')
    .action((name: string, part: string, options: AcceptOptions) => run((cli) => accept(cli, name, part, options)));
}

function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms <= 0) throw new InvalidArgumentError('It is a duration such as 12h or 90d.');
  return ms;
}

function accept(
  cli: Cli,
  name: string,
  part: string,
  { reason, for: forMs, withdraw = false }: AcceptOptions,
): Promise<ExitCode> {
  if (withdraw && (reason ?? forMs) !== undefined) throw badUsage('--withdraw takes neither --reason nor --for.');
  if (!withdraw && reason === undefined) throw badUsage('Say why, with --reason.');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const input = { repository, name, part };
    const until = forMs === undefined ? null : new Date(cli.world.nowMs() + forMs).toISOString();
    const changed = withdraw
      ? await client.sources.withdraw(input, { signal })
      : await client.sources.accept({ ...input, reason: reason ?? '', until }, { signal });
    await cli.output.document(changed);
    await cli.output.summary([
      withdraw
        ? `That ${part} may be gone from ${name} does not count any more.`
        : `${part} may be gone from ${name}: runs that miss only what was accepted are complete with exceptions.`,
    ]);
    tellSaved(cli.output, changed);
    return 0;
  });
}
