import type { Command } from 'commander';
import type { PruneInput, PrunePlan, PruneResult, RepairIndexResult } from '../../shared/contract/upkeep.ts';
import { pruneFacts, removesAnything } from '../../shared/model/prune-words.ts';
import { formatBytes, formatCount, formatDuration } from '../../shared/model/units.ts';
import { budgetArgument, unusedArgument } from './arguments.ts';
import { plural } from './display.ts';
import type { ExitCode } from './failure.ts';
import { follow, nameIssues, type OperationEvent } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withRepository, type Cli } from './session.ts';
import { factLines } from './table.ts';

type PruneOptions = { maxUnused?: PruneInput['maxUnused']; maxRepackSize?: number; dryRun?: boolean };

const HELP = `
Packs in which nothing is needed are removed first, and that needs no spare space. From packs that are partly needed,
what is needed is then copied, a few at a time; --max-repack-size 0 leaves that out.`;

export function registerPrune(program: Command, run: RunCommand): void {
  program
    .command('prune')
    .description('free the space of data that no snapshot needs any more')
    .option('--max-unused <limit>', 'unneeded data that may stay: 5% (default), 10G, or `unlimited`', unusedArgument)
    .option('--max-repack-size <size>', 'copy from packs of at most this size together', budgetArgument)
    .option('--dry-run', 'only show what would be removed, and why')
    .addHelpText('after', HELP)
    .action((options: PruneOptions) => run((cli) => prune(cli, options)));
  program
    .command('repair-index')
    .description('write the index of the repository anew, from the packs themselves')
    .action(() => run(repairIndex));
}

function prune(cli: Cli, { maxUnused, maxRepackSize, dryRun = false }: PruneOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const input = {
      repository,
      dryRun,
      ...(maxUnused === undefined ? {} : { maxUnused }),
      ...(maxRepackSize === undefined ? {} : { maxRepackBytes: maxRepackSize }),
    };
    const events = await client.upkeep.prune(input, { signal });
    const shown = withPlanShown(cli, events, dryRun);
    const result = await follow(cli.output, cli.world.monotonicMs, shown);
    await report(cli, result);
    return result.issues.length > 0 ? 3 : 0;
  });
}

type PruneEvent = OperationEvent<PruneResult> | { readonly type: 'planned'; readonly plan: PrunePlan };

/** What goes is shown before it goes. */
async function* withPlanShown(
  { output }: Cli,
  events: AsyncIterable<PruneEvent>,
  dryRun: boolean,
): AsyncGenerator<OperationEvent<PruneResult>> {
  for await (const event of events) {
    if (event.type === 'planned') await output.summary(planLines(event.plan, dryRun));
    else yield event;
  }
}

function planLines(plan: PrunePlan, dryRun: boolean): string[] {
  const facts = pruneFacts(plan);
  if (!removesAnything(plan)) return ['There is nothing to remove:', ...factLines(facts)];
  const verb = dryRun ? 'would become' : 'becomes';
  return [`The repository ${verb} ${formatBytes(plan.freedBytes)} smaller:`, ...factLines(facts)];
}

async function report({ output }: Cli, result: PruneResult): Promise<void> {
  await output.document(result);
  if (result.dryRun) return;
  const { removedPacks, freedBytes, copiedBytes, durationMs, issues } = result;
  if (removedPacks === 0 && copiedBytes === 0 && issues.length === 0) return;
  const copied = copiedBytes === 0 ? '' : `, after copying ${formatBytes(copiedBytes)}`;
  await output.summary([
    `Freed ${formatBytes(Math.max(0, freedBytes))}: removed ${plural(formatCount(removedPacks), 'pack')}${copied}, in ${formatDuration(durationMs)}.`,
  ]);
  if (output.style.json || issues.length === 0) return;
  output.warn(`${plural(formatCount(issues.length), 'damaged blob')} could not be copied; the packs they lie in stay:`);
  nameIssues(output, issues);
}

function repairIndex(cli: Cli): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const events = await client.upkeep.repairIndex({ repository }, { signal });
    const result = await follow(cli.output, cli.world.monotonicMs, events);
    await reportRepair(cli, result);
    return result.unreadable.length + result.missing.length > 0 ? 3 : 0;
  });
}

async function reportRepair({ output }: Cli, result: RepairIndexResult): Promise<void> {
  await output.document(result);
  const { packs, blobs, written, replaced, unreadable, missing, durationMs } = result;
  await output.summary([
    `The index lists ${plural(formatCount(blobs), 'blob')} in ${plural(formatCount(packs), 'pack')} now.`,
    `${plural(formatCount(written), 'index file')} written, ${formatCount(replaced)} replaced, in ${formatDuration(durationMs)}.`,
  ]);
  if (output.style.json) return;
  if (unreadable.length > 0) {
    output.warn(`${plural(formatCount(unreadable.length), 'pack')} could not be read:`);
    nameIssues(output, unreadable);
  }
  if (missing.length > 0) {
    output.warn(
      `${plural(formatCount(missing.length), 'pack')} that the old index listed ${missing.length === 1 ? 'is' : 'are'} gone; \`holdfast check\` shows what that affects:`,
    );
    nameIssues(output, missing);
  }
}
