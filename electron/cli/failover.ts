import type { Command } from 'commander';
import type { MovePreview } from '../../shared/contract/failover.ts';
import { formatCount, formatDuration } from '../../shared/model/units.ts';
import { registerAutomatic } from './automatic-failover.ts';
import { followRun, runArgument } from './aws-restore-runs.ts';
import { localTime, plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type Options = { readonly dryRun?: boolean; readonly resume?: string; readonly undo?: string };

export function registerFailover(program: Command, run: RunCommand): void {
  const command = program
    .command('failover')
    .description(
      'protect into another repository from now on, and restore from there; without a name, back to the former',
    )
    .argument('[site]', 'a site, or a connected repository')
    .option('--dry-run', 'only show what would be lost, and what stands in the way')
    .option('--resume <run>', 'go on with a move that was stopped', runArgument)
    .option('--undo <run>', 'protect into the former repository again', runArgument)
    .action((site: string | undefined, options: Options) => run((cli) => failover(cli, site, options)));
  registerAutomatic(command, run);
}

function failover(cli: Cli, to: string | undefined, { dryRun = false, resume, undo }: Options): Promise<ExitCode> {
  if ([to, resume, undo].filter((one) => one !== undefined).length > 1 || (dryRun && (resume ?? undo) !== undefined))
    throw badUsage('Give a site, or --resume, or --undo.');
  if (undo !== undefined) return takeBack(cli, undo);
  return withEngine(cli, async ({ client, signal }) => {
    if (dryRun) return preview(cli, await client.failover.preview({ to }, { signal }));
    const run = resume ?? (await client.failover.create({ to }, { signal })).run;
    const events = await client.restoreRuns.start({ run, repository: null, aws: null }, { signal });
    return followRun(cli, client, run, events);
  });
}

/** 1 where something stands in the way. */
async function preview({ output }: Cli, move: MovePreview): Promise<ExitCode> {
  await output.document(move);
  const { kind, from, to, losses, checks } = move;
  const missing = losses.reduce((sum, loss) => sum + loss.missing, 0);
  await output.lines([
    `${kind === 'failback' ? 'Back' : 'Failover'} from ${from.name} to ${to.name}`,
    '',
    ...checks.map(({ level, title, detail }) => `${level.padEnd(7)}  ${title}. ${detail}`),
    '',
    `${from.name} has ${plural(formatCount(missing), 'snapshot')} that ${to.name} lacks.`,
    ...tableLines(
      [{ title: 'SOURCE' }, { title: `NEWEST IN ${from.name}` }, { title: `IN ${to.name}` }, { title: 'LOSS' }],
      losses.map(({ source, newestFrom, newestTo, lossMs }) => [
        source,
        newestFrom === null ? 'none' : localTime(newestFrom),
        newestTo === null ? 'none' : localTime(newestTo),
        lossMs === null ? 'all' : lossMs === 0 ? 'none' : formatDuration(lossMs),
      ]),
    ),
  ]);
  return checks.some(({ level }) => level === 'blocker') ? 1 : 0;
}

function takeBack(cli: Cli, run: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const events = await client.restoreRuns.undo({ run, aws: null }, { signal });
    const result = await follow(cli.output, cli.world.monotonicMs, events);
    await cli.output.document(result);
    await cli.output.summary(result.items.map(({ path }) => `Done: ${path}.`));
    return result.left > 0 ? 3 : 0;
  });
}
