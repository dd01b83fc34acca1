import type { Command } from 'commander';
import type { ForgetGroup, ForgetInput, ForgetResult } from '../../shared/contract/upkeep.ts';
import { formatCount } from '../../shared/model/units.ts';
import { collect, durationArgument, keepArgument, sourceArgument } from './arguments.ts';
import { localTime, plural, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, nameIssues, type OperationEvent } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type Keep = number | 'unlimited';
type ForgetOptions = {
  source?: string;
  keepLast?: Keep;
  keepHourly?: Keep;
  keepDaily?: Keep;
  keepWeekly?: Keep;
  keepMonthly?: Keep;
  keepYearly?: Keep;
  keepWithin?: string;
  keepWithinHourly?: string;
  keepWithinDaily?: string;
  keepWithinWeekly?: string;
  keepWithinMonthly?: string;
  keepWithinYearly?: string;
  keepTag?: string[];
  allowLast?: boolean;
  unsent?: string;
  dryRun?: boolean;
};

const HELP = `
Rules apply to each source on each machine by itself; what several rules keep is kept. Durations are such as 1y5m7d2h
and count back from the newest snapshot of the source, not from now. The last good snapshot of a source always stays.
What only the removed snapshots needed stays on disk until \`holdfast prune\`.`;

export function registerForget(program: Command, run: RunCommand): void {
  const command = program
    .command('forget')
    .description('remove snapshots: those that no rule keeps, or those that are named')
    .argument('[snapshot...]', 'ids, or their beginnings, of exactly what to remove')
    .option('--source <name>', 'only snapshots of this source', sourceArgument)
    .option('--keep-last <n>', 'keep the newest n snapshots, or `unlimited`', keepArgument);
  for (const period of ['hour', 'day', 'week', 'month', 'year']) {
    const name = period === 'day' ? 'daily' : `${period}ly`;
    command.option(
      `--keep-${name} <n>`,
      `keep the newest of each of the last n ${period}s that have one`,
      keepArgument,
    );
  }
  command.option('--keep-within <duration>', 'keep all younger than this', durationArgument);
  for (const period of ['hour', 'day', 'week', 'month', 'year']) {
    const name = period === 'day' ? 'daily' : `${period}ly`;
    command.option(
      `--keep-within-${name} <duration>`,
      `keep the newest of each ${period} within this`,
      durationArgument,
    );
  }
  command
    .option('--keep-tag <tag[,tag...]>', 'keep what has all these tags (repeatable)', collect)
    .option('--allow-last', 'remove named snapshots even if a source is left without a good one')
    .option('--unsent <reason>', 'remove named snapshots that are still to be sent to a site, and say why')
    .option('--dry-run', 'only show what would be removed, and why')
    .addHelpText('after', HELP)
    .action((snapshots: string[], options: ForgetOptions) => run((cli) => forget(cli, snapshots, options)));
}

function forget(cli: Cli, snapshots: readonly string[], options: ForgetOptions): Promise<ExitCode> {
  const rules = readRules(options);
  const isRuled = Object.keys(rules).length > 0;
  if (snapshots.length > 0 && isRuled) throw badUsage('Either name snapshots or give rules, not both.');
  if (options.allowLast === true && snapshots.length === 0) {
    throw badUsage('--allow-last is for named snapshots; rules never remove the last good one.');
  }
  if (options.unsent !== undefined && snapshots.length === 0) {
    throw badUsage('--unsent is for named snapshots; rules never remove what is still to be sent.');
  }
  const dryRun = options.dryRun ?? false;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { source, allowLast = false, unsent } = options;
    const input = {
      repository,
      snapshots: [...snapshots],
      rules,
      allowLast,
      dryRun,
      ...(source === undefined ? {} : { source }),
      ...(unsent === undefined ? {} : { unsentReason: unsent }),
    };
    const events = await client.upkeep.forget(input, { signal });
    const shown = withPlanShown(cli, events, dryRun);
    const result = await follow(cli.output, cli.world.monotonicMs, shown);
    await report(cli, result);
    return result.unreadable.length > 0 ? 3 : 0;
  });
}

function readRules(options: ForgetOptions): NonNullable<ForgetInput['rules']> {
  const counts = withoutUndefined({
    hourly: options.keepHourly,
    daily: options.keepDaily,
    weekly: options.keepWeekly,
    monthly: options.keepMonthly,
    yearly: options.keepYearly,
  });
  const withinPeriods = withoutUndefined({
    hourly: options.keepWithinHourly,
    daily: options.keepWithinDaily,
    weekly: options.keepWithinWeekly,
    monthly: options.keepWithinMonthly,
    yearly: options.keepWithinYearly,
  });
  const tags = options.keepTag?.map((list) => list.split(','));
  if (tags?.some((list) => list.includes('')) === true) throw badUsage('A tag to keep is empty.');
  return {
    ...withoutUndefined({ last: options.keepLast, within: options.keepWithin, tags }),
    ...(Object.keys(counts).length === 0 ? {} : { counts }),
    ...(Object.keys(withinPeriods).length === 0 ? {} : { withinPeriods }),
  };
}

function withoutUndefined<Value extends object>(
  value: Value,
): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as never;
}

type ForgetEvent = OperationEvent<ForgetResult> | { readonly type: 'planned'; readonly groups: readonly ForgetGroup[] };

/** What goes is shown before it goes. */
async function* withPlanShown(
  cli: Cli,
  events: AsyncIterable<ForgetEvent>,
  dryRun: boolean,
): AsyncGenerator<OperationEvent<ForgetResult>> {
  for await (const event of events) {
    if (event.type === 'planned') await showPlan(cli, event.groups, dryRun);
    else yield event;
  }
}

async function showPlan({ output }: Cli, groups: readonly ForgetGroup[], dryRun: boolean): Promise<void> {
  for (const { source, hostname, paths, decisions } of groups) {
    const going = decisions.filter(({ keep }) => !keep);
    const verb = dryRun ? 'would go' : going.length === 1 ? 'goes' : 'go';
    await output.summary([
      `${source ?? paths.join(' + ')} on ${hostname}: ${formatCount(going.length)} of ${plural(formatCount(decisions.length), 'snapshot')} ${verb}`,
      ...tableLines(
        [{ title: '' }, { title: 'ID' }, { title: 'TAKEN' }, { title: 'WHY' }],
        decisions.map(({ snapshot, takenAt, keep, reasons }) => [
          keep ? 'keep' : 'remove',
          shortId(snapshot),
          localTime(takenAt),
          reasons.join(', '),
        ]),
      ),
    ]);
  }
}

async function report({ output }: Cli, { dryRun, removed, unreadable, ...rest }: ForgetResult): Promise<void> {
  await output.document({ dryRun, ...rest, removed, unreadable });
  const number = removed.length === 0 ? 'Nothing' : plural(formatCount(removed.length), 'snapshot');
  const verb = dryRun ? 'would be removed' : removed.length > 1 ? 'were removed' : 'was removed';
  const next = removed.length > 0 && !dryRun ? ' `holdfast prune` frees the space that only they took.' : '';
  await output.summary([`${number} ${verb}.${next}`]);
  if (rest.kept > 0)
    output.warn(
      `The store keeps ${plural(formatCount(rest.kept), 'snapshot')} until its time: nothing holds on to it, so it can go then.`,
    );
  if (unreadable.length === 0) return;
  output.warn(`${plural(formatCount(unreadable.length), 'snapshot')} could not be read, and so stayed:`);
  if (!output.style.json) nameIssues(output, unreadable);
}
