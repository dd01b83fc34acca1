import { InvalidArgumentError, type Command } from 'commander';
import { configurationLimits } from '../../shared/model/configuration.ts';
import { sourceArgument } from './arguments.ts';
import { shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withRepository, type Cli } from './session.ts';

type HoldOptions = { reason: string; source?: string; case?: string };

export function registerHolds(program: Command, run: RunCommand): void {
  program
    .command('hold')
    .description('keep a snapshot whatever retention says')
    .argument('<snapshot>', 'id, beginning of one, or `latest`')
    .requiredOption('--reason <text>', 'why, for whoever finds it later', reasonArgument)
    .option('--source <name>', 'the source that `latest` means', sourceArgument)
    .option('--case <reference>', 'the open case it is held for')
    .action((snapshot: string, options: HoldOptions) => run((cli) => hold(cli, snapshot, options)));
  program
    .command('release')
    .description('take a hold away: retention decides over the snapshot again')
    .argument('<snapshot>', 'id, or the beginning of one')
    .option('--reason <text>', 'why, for the audit log', reasonArgument)
    .action((snapshot: string, options: { reason?: string }) => run((cli) => release(cli, snapshot, options.reason)));
}

export function reasonArgument(text: string): string {
  const limit = configurationLimits.reasonLength;
  if (text.trim() === '' || text.length > limit)
    throw new InvalidArgumentError(`A reason has 1 to ${limit} characters.`);
  return text;
}

function hold(cli: Cli, snapshot: string, { reason, source, case: reference }: HoldOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const input = {
      repository,
      snapshot,
      reason,
      ...(source === undefined ? {} : { source }),
      ...(reference === undefined ? {} : { case: reference }),
    };
    const held = await client.holds.hold(input, { signal });
    await cli.output.document(held);
    await cli.output.summary([`Snapshot ${shortId(held.hold.snapshot)} is held: ${held.hold.reason}`]);
    tellSaved(cli.output, held);
    return 0;
  });
}

function release(cli: Cli, snapshot: string, reason: string | undefined): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const released = await client.holds.release(
      { repository, snapshot, ...(reason === undefined ? {} : { reason }) },
      { signal },
    );
    await cli.output.document(released);
    await cli.output.summary([`Snapshot ${shortId(released.hold.snapshot)} is no longer held.`]);
    tellSaved(cli.output, released);
    return 0;
  });
}
