import { Option, type Command } from 'commander';
import type { RepairResult, ScrubResult } from '../../shared/contract/integrity.ts';
import { coveragePercent } from '../../shared/model/scrub.ts';
import { thawTiers, type ThawTier } from '../../shared/model/s3-archive.ts';
import { formatBytes, formatCount } from '../../shared/model/units.ts';
import { numberArgument } from './arguments.ts';
import { detach, DETACH_HELP } from './detach.ts';
import { plural } from './display.ts';
import type { ExitCode } from './failure.ts';
import { follow, nameIssues } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withRepository, type Cli } from './session.ts';

type ScrubOptions = { all?: boolean; thaw?: ThawTier; thawDays: number; detach?: boolean };
type RepairOptions = { dryRun?: boolean; missingSnapshots?: boolean; from?: string[]; detach?: boolean };

const REPAIR_HELP = `
What is damaged comes from other pieces of the repository, from the source itself where it has not changed, and from the
other repositories this console is connected with, in their order. Config, keys and snapshots come from copies in the home.
--from names a further repository; its password is HOLDFAST_FROM_PASSWORD, and HOLDFAST_PASSWORD without it.`;

export function registerIntegrity(program: Command, run: RunCommand): void {
  program
    .command('scrub')
    .description('read stored data again and look whether it is what was written')
    .option('--all', 'all of it, instead of what is due')
    .addOption(
      new Option('--thaw <tier>', 'ask for what lies in an archive class, so that later scrubs read it').choices(
        thawTiers,
      ),
    )
    .option('--thaw-days <number>', 'for how long a copy is there then', numberArgument(90, 1), 7)
    .option('--detach', DETACH_HELP)
    .action((options: ScrubOptions) => run((cli) => scrub(cli, options)));
  program
    .command('repair')
    .description('rebuild what is damaged from what is intact elsewhere')
    .option('--dry-run', 'only say what is damaged, and what would come from where')
    .option('--missing-snapshots', 'also bring back snapshots that are gone although nothing else is damaged')
    .addOption(new Option('--from <repository...>', 'further repositories to fetch from'))
    .option('--detach', DETACH_HELP)
    .addHelpText('after', REPAIR_HELP)
    .action((options: RepairOptions) => run((cli) => repair(cli, options)));
}

function scrub(cli: Cli, options: ScrubOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { all = false, thaw, thawDays } = options;
    const order = thaw === undefined ? {} : { thaw: { tier: thaw, days: thawDays } };
    const input = { repository, all, ...order, detach: options.detach ?? false };
    const events = await client.integrity.scrub(input, { signal });
    if (options.detach === true) return detach(cli, events);
    const result = await follow(cli.output, cli.world.monotonicMs, events);
    await reportScrub(cli, result);
    return result.damaged.length > 0 ? 1 : 0;
  });
}

async function reportScrub({ output }: Cli, result: ScrubResult): Promise<void> {
  await output.document(result);
  if (output.style.json) return;
  const { filesRead, bytesRead, coverage, everyDays, damaged, heldBack, asleep } = result;
  if (damaged.length > 0) {
    output.say(
      `Damage found: ${plural(formatCount(damaged.length), 'file')}. \`holdfast repair\` rebuilds what it can.`,
    );
    nameIssues(output, damaged);
  }
  if (heldBack !== null) output.note(heldBack);
  if (asleep !== null) await sayAsleep(output, asleep);
  await output.summary([
    `Read ${plural(formatCount(filesRead), 'file')}, ${formatBytes(bytesRead)}.`,
    `${coveragePercent(coverage)} % of ${formatBytes(coverage.totalBytes)} read in the last ${everyDays} days.`,
  ]);
}

async function sayAsleep(output: Cli['output'], asleep: NonNullable<ScrubResult['asleep']>): Promise<void> {
  const { files, bytes, waking, tier, words } = asleep;
  const much = `${plural(formatCount(files), 'file')}, ${formatBytes(bytes)}`;
  const asked = waking === 0 ? '' : `, and ${formatCount(waking)} of them are asked for`;
  output.warn(`In an archive, where nobody reads: ${much}${asked}.`);
  if (waking < files) await output.lines([`\`holdfast scrub --thaw ${tier}\` asks for them:`, ...words]);
}

function repair(cli: Cli, options: RepairOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const own = 'password' in repository ? repository.password : '';
    const password = cli.world.env['HOLDFAST_FROM_PASSWORD'] ?? own;
    const input = {
      repository,
      dryRun: options.dryRun ?? false,
      bringBack: options.missingSnapshots ?? false,
      from: (options.from ?? []).map((location) => ({ location, password })),
      detach: options.detach ?? false,
    };
    const events = await client.integrity.repair(input, { signal });
    if (options.detach === true) return detach(cli, events);
    const result = await follow(cli.output, cli.world.monotonicMs, events);
    await reportRepair(cli, result);
    return isComplete(result) ? 0 : 3;
  });
}

function isComplete({ losses, lostFiles, postponed }: RepairResult): boolean {
  return losses.count + lostFiles.length === 0 && postponed === null;
}

async function reportRepair({ output }: Cli, result: RepairResult): Promise<void> {
  await output.document(result);
  if (output.style.json) return;
  const { files, fetched, losses, lostFiles, postponed, quarantined, dryRun } = result;
  if (files.length + lostFiles.length + losses.count + fetched.length === 0) {
    await output.summary([`Nothing is damaged: ${plural(formatCount(result.packsRead), 'pack')} read.`]);
    return;
  }
  const whole = files.filter((file) => file.whole).length;
  const done = dryRun ? 'can be rebuilt' : 'rebuilt';
  const damaged = files.length + lostFiles.length;
  await output.lines([
    damaged === 0
      ? `No file is damaged, but pieces were missing. Of these ${dryRun ? 'can be fetched' : 'were fetched'}:`
      : `${plural(formatCount(whole), 'file')} ${done} of ${formatCount(damaged)} that are damaged or missing.`,
    ...(damaged + fetched.length === 0 ? ['  none'] : []),
    ...fetched.map(({ from, blobs, bytes }) => `  ${formatCount(blobs)} pieces, ${formatBytes(bytes)}, from ${from}`),
    ...(quarantined === 0 ? [] : [`${plural(formatCount(quarantined), 'damaged file')} moved into quarantine.`]),
  ]);
  if (postponed !== null) output.warn(`What is damaged was not taken out yet. ${postponed}`);
  if (lostFiles.length > 0) {
    output.say('Cannot be rebuilt:');
    nameIssues(output, lostFiles);
  }
  if (losses.count > 0) await nameLosses(output, result);
}

async function nameLosses(output: Cli['output'], { losses }: RepairResult): Promise<void> {
  const { items, count, snapshots } = losses;
  output.warn(
    `${plural(formatCount(count), 'path')} in ${plural(formatCount(snapshots.length), 'snapshot')} cannot be had back:`,
  );
  await output.lines(
    items.map(({ snapshot, path, nearest }) => {
      const good = nearest === null ? 'no good version' : `a good version is in ${nearest.snapshot.slice(0, 8)}`;
      return `  ${snapshot.slice(0, 8)}:${path} (${good})`;
    }),
  );
  if (count > items.length) await output.lines([`  … and ${formatCount(count - items.length)} more`]);
}
