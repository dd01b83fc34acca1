import { InvalidArgumentError, type Command } from 'commander';
import type { AuditLine } from '../../shared/contract/evidence.ts';
import { localTime } from './display.ts';
import { exportChains, verifyCommand } from './evidence.ts';
import type { ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type ListOptions = { limit: number; match: string };

export function registerAudit(program: Command, run: RunCommand): void {
  const audit = program
    .command('audit')
    .description('what operators, programs and commands have asked this console to do');
  audit
    .command('list', { isDefault: true })
    .description('list calls, newest first')
    .option('--match <text>', 'those with this in who, what, or what it was about', '')
    .option('--limit <number>', 'as many as this', limitArgument, 50)
    .action((options: ListOptions) => run((cli) => list(cli, options)));
  audit
    .command('export')
    .description('write the chain into a folder, for `holdfast audit verify` and others')
    .option('--to <folder>', 'which one', 'audit')
    .action(({ to }: { to: string }) => run((cli) => exportChains(cli, ['audit'], to)));
  verifyCommand(audit, 'audit', run);
}

function limitArgument(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    throw new InvalidArgumentError('It is a number from 1 to 500.');
  return limit;
}

function list(cli: Cli, { limit, match }: ListOptions): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.evidence.calls({ limit, text: match }, { signal });
    await cli.output.document(found);
    if (found.calls.length === 0) {
      await cli.output.lines(['Nothing of that was asked for.']);
      return 0;
    }
    const columns = ['WHEN', 'WHO', 'BY', 'CALL', 'OUTCOME', 'ABOUT'].map((title) => ({ title }));
    await cli.output.lines(tableLines(columns, found.calls.map(row)));
    if (found.more) cli.output.note('There are older ones: give a larger --limit, or `holdfast audit export`.');
    return 0;
  });
}

function row({ at, actor, door, call, outcome, targets }: AuditLine): string[] {
  const about = Object.entries(targets).map(([name, value]) => `${name}=${value}`);
  return [localTime(at), actor, door, call, outcome, about.join(' ')];
}
