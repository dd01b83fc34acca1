import type { Command } from 'commander';
import type { CheckResult, RepositoryStats } from '../../shared/contract/repository.ts';
import { formatBytes, formatCount } from '../../shared/model/units.ts';
import { percentArgument } from './arguments.ts';
import { detach, DETACH_HELP } from './detach.ts';
import { plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, nameIssues } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withRepository, type Cli } from './session.ts';
import { factLines } from './table.ts';

export function registerRepository(program: Command, run: RunCommand): void {
  program
    .command('check')
    .description('look for damage in the repository')
    .option('--read-data', 'read and verify all stored data, not only its structure')
    .option('--read-data-subset <percent>', 'read and verify part of the stored data, such as 5%', percentArgument)
    .option('--detach', DETACH_HELP)
    .action((options: CheckOptions) => run((cli) => check(cli, options)));
  program
    .command('stats')
    .description('show what the repository holds and what it takes on disk')
    .action(() => run(stats));
  program
    .command('unlock')
    .description('remove locks of programs that are gone')
    .option('--all', 'remove every lock; only when no other program uses the repository')
    .action((options: { all?: boolean }) => run((cli) => unlock(cli, options.all ?? false)));
}

type CheckOptions = { detach?: boolean; readData?: boolean; readDataSubset?: number };

function check(cli: Cli, options: CheckOptions): Promise<ExitCode> {
  if (options.readData === true && options.readDataSubset !== undefined) {
    throw badUsage('Give either --read-data or --read-data-subset.');
  }
  const readDataPercent = options.readData === true ? 100 : (options.readDataSubset ?? 0);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const events = await client.repository.check(
      { repository, readDataPercent, detach: options.detach ?? false },
      { signal },
    );
    if (options.detach === true) return detach(cli, events);
    const result = await follow(cli.output, cli.world.monotonicMs, events);
    await reportCheck(cli, result);
    return result.errors.length > 0 ? 1 : 0;
  });
}

async function reportCheck({ output }: Cli, result: CheckResult): Promise<void> {
  await output.document(result);
  if (output.style.json) return;
  if (result.hints.length > 0) {
    const hints = formatCount(result.hints.length);
    // Beside damage nothing is harmless: a pack in no index may hold just what is missing.
    output.note(
      result.errors.length === 0 ? `${plural(hints, 'harmless leftover')}:` : `Beside the damage, ${hints} found:`,
    );
    if (!output.style.quiet) nameIssues(output, result.hints);
  }
  const looked = [
    plural(formatCount(result.snapshots), 'snapshot'),
    plural(formatCount(result.trees), 'folder'),
    plural(formatCount(result.packs), 'pack'),
  ].join(', ');
  const read =
    result.packsRead === 0
      ? 'Structure only: stored data was not read (--read-data reads it).'
      : `Read and verified ${formatCount(result.packsRead)} of ${plural(formatCount(result.packs), 'pack')}, ${formatBytes(result.bytesRead)}.`;
  if (result.errors.length === 0) {
    await output.summary([`No damage found in ${looked}.`, read]);
    return;
  }
  output.say(`Damage found: ${plural(formatCount(result.errors.length), 'error')}`);
  nameIssues(output, result.errors);
  await output.lines([`Checked ${looked}. ${read}`]);
}

function stats(cli: Cli): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const result = await client.repository.stats({ repository }, { signal });
    await cli.output.document(result);
    await cli.output.lines([`Repository ${repository.location}`, ...statsLines(result)]);
    if (result.unreadableFolders === 0) return 0;
    const folders = plural(formatCount(result.unreadableFolders), 'folder');
    cli.output.warn(`${folders} could not be read: more was restorable than is counted. Run \`holdfast check\`.`);
    return 3;
  });
}

function statsLines(result: RepositoryStats): string[] {
  return factLines([
    ['snapshots', formatCount(result.snapshots)],
    [
      'on disk',
      `${formatBytes(result.storedBytes)} in ${plural(formatCount(result.packs), 'pack')}, ${plural(formatCount(result.blobs), 'blob')}`,
    ],
    [
      'content',
      `${formatBytes(result.uniqueBytes)} of files without duplicates, ${formatBytes(result.folderBytes)} describing folders, before compression`,
    ],
    ['restorable', `${formatBytes(result.restorableBytes)} over all snapshots`],
    ['deduplication', ratioText(result.deduplicationRatio)],
    ['compression', ratioText(result.compressionRatio)],
  ]);
}

function ratioText(ratio: number | null): string {
  return ratio === null ? '–' : `${ratio.toFixed(2)} : 1`;
}

function unlock(cli: Cli, all: boolean): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const result = await client.repository.unlock({ repository, all }, { signal });
    await cli.output.document(result);
    const kind = all ? 'lock' : 'dead lock';
    await cli.output.summary([
      result.removed === 0 ? `There was no ${kind}.` : `Removed ${plural(formatCount(result.removed), kind)}.`,
    ]);
    return 0;
  });
}
