import type { Command } from 'commander';
import type { DiffEntry, DiffSummary } from '../../shared/contract/diff.ts';
import { formatBytes, formatCount } from '../../shared/model/units.ts';
import { sourceArgument } from './arguments.ts';
import type { ExitCode } from './failure.ts';
import { JsonList } from './json-list.ts';
import { nameIssues } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withRepository, type Cli } from './session.ts';
import { factLines } from './table.ts';

type DiffOptions = { source?: string; metadata?: boolean };

export function registerDiff(program: Command, run: RunCommand): void {
  program
    .command('diff')
    .description('list what differs between two snapshots')
    .argument('<before>', 'id, beginning of one, or `latest`')
    .argument('<after>', 'the same')
    .option('--metadata', 'also list what differs only in mode, owner, time or attributes')
    .option('--source <name>', 'the source that `latest` means', sourceArgument)
    .action((before: string, after: string, options: DiffOptions) => run((cli) => diff(cli, before, after, options)));
}

function diff(cli: Cli, before: string, after: string, { source, metadata = false }: DiffOptions): Promise<ExitCode> {
  const { output } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const input = { repository, before, after, metadata, ...(source === undefined ? {} : { source }) };
    const list = new JsonList(output, '{"entries": [');
    let exitCode: ExitCode = 0;
    let summary: DiffSummary | null = null;
    for await (const event of await client.snapshots.diff(input, { signal })) {
      if (event.type === 'done') summary = event.result;
      else if (event.type === 'issue') {
        exitCode = 3;
        output.warn('A part of a snapshot could not be compared:');
        nameIssues(output, [event.issue]);
      } else {
        await list.add(event.entries);
        await output.lines(event.entries.map(entryLine));
        output.ensureRead();
      }
    }
    if (summary === null) return 1;
    await list.end(`],"summary":${JSON.stringify(summary)}}`);
    await output.summary(summaryLines(summary, metadata));
    return exitCode;
  });
}

const signs: Readonly<Record<DiffEntry['change'], string>> = {
  added: '+',
  removed: '-',
  changed: 'M',
  typeChanged: 'T',
  metadata: 'U',
};

/** Fixed columns, because entries are printed before the widest of them is known. */
function entryLine({ change, path, before, after }: DiffEntry): string {
  const shown = after ?? before;
  const size = shown?.type === 'file' ? formatBytes(shown.size) : '';
  const folder = shown?.type === 'dir' && !path.endsWith('/') ? '/' : '';
  return `${signs[change]}  ${size.padStart(10)}  ${path}${folder}`;
}

function summaryLines(summary: DiffSummary, metadata: boolean): string[] {
  const { added, removed, changed, typeChanged, addedBytes, removedBytes } = summary;
  if (added + removed + changed + typeChanged + summary.metadata === 0) return ['The snapshots are equal.'];
  return factLines([
    ['+ added', formatCount(added)],
    ['- removed', formatCount(removed)],
    ['M changed', formatCount(changed)],
    ['T other type', formatCount(typeChanged)],
    [
      'U metadata only',
      `${formatCount(summary.metadata)}${metadata || summary.metadata === 0 ? '' : ' (--metadata lists them)'}`,
    ],
    ['size', `${formatBytes(addedBytes)} new, ${formatBytes(removedBytes)} no longer`],
  ]);
}
