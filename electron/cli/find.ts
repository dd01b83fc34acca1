import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { FoundPath, PathVersion, RebuildResult } from '../../shared/contract/catalog.ts';
import type { Issue } from '../../shared/contract/common.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { formatBytes, formatCount, formatDuration } from '../../shared/model/units.ts';
import { countArgument, sourceArgument } from './arguments.ts';
import { localTime, plural, shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import { JsonList } from './json-list.ts';
import { follow, nameIssues, type OperationEvent } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withRepository, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

const PATTERN_HELP = `
A word is found anywhere in a name, in any case: \`find invoice\`. With * or ? a whole name must match: \`find '*.pdf'\`.
With / the folders count too: \`find 2024/invoice\`, \`find '/home/anna/*.pdf'\`, \`find 'projects/**/*.psd'\`.
\\x2a and \\x3f stand for the characters * and ? themselves.`;

export function registerFind(program: Command, run: RunCommand): void {
  program
    .command('find')
    .description('find files and folders in all snapshots')
    .argument('<pattern>', 'a part of a name, or a pattern with * and ?')
    .option('--source <name>', 'only in snapshots of this source', sourceArgument)
    .option('--snapshot <id>', 'only in this snapshot: an id, the beginning of one, or `latest`')
    .addOption(new Option('--limit <n>', 'at most that many').argParser(countArgument).default(100))
    .addHelpText('after', PATTERN_HELP)
    .action((pattern: string, options: FindOptions) => run((cli) => find(cli, pattern, options)));
  program
    .command('versions')
    .description('list the versions of a file or folder over all snapshots')
    .argument('<path>', 'as `find` and `ls` show it')
    .option('--source <name>', 'only in snapshots of this source', sourceArgument)
    .action((path: string, options: { source?: string }) => run((cli) => versions(cli, path, options.source)));
  program
    .command('rebuild-catalog')
    .description('fill the catalog from the repository; goes on where an earlier run was ended')
    .option('--fresh', 'forget first what the catalog holds of this repository')
    .action((options: { fresh?: boolean }) => run((cli) => rebuild(cli, options.fresh ?? false)));
}

type FindOptions = { source?: string; snapshot?: string; limit: number };
type Page = { cursor: string | null };
type Answer = OperationEvent<Page> | Batch;

function find(cli: Cli, pattern: string, { source, snapshot, limit }: FindOptions): Promise<ExitCode> {
  const { output, world } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const input = {
      repository,
      pattern,
      limit,
      ...(source === undefined ? {} : { source }),
      ...(snapshot === undefined ? {} : { snapshot }),
    };
    const answers = withBatches(await client.catalog.find(input, { signal }));
    const { cursor } = await follow(output, world.monotonicMs, answers.events);
    const found = answers.batches.flatMap((batch) => (batch.type === 'found' ? batch.paths : []));
    await printList(cli, found);
    await output.lines(found.length === 0 ? ['Nothing found.'] : foundLines(found));
    if (cursor !== null) output.note(`There are more than ${formatCount(limit)}; --limit shows more.`);
    if (!output.style.json && found.length > 0)
      output.note('`holdfast restore <snapshot>:<path> --to <folder>` brings one back.');
    return answers.issues.length === 0 ? 0 : 3;
  });
}

function versions(cli: Cli, path: string, source: string | undefined): Promise<ExitCode> {
  const { output, world } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const whole = resolve(world.folder, path);
    const input = { repository, path: whole, ...(source === undefined ? {} : { source }) };
    const answers = withBatches(await client.catalog.versions(input, { signal }));
    const { cursor } = await follow(output, world.monotonicMs, answers.events);
    const found = answers.batches.flatMap((batch) => (batch.type === 'versions' ? batch.versions : []));
    if (found.length === 0) {
      const where = source === undefined ? 'No snapshot' : `No snapshot of ${source}`;
      throw new HoldfastError('PATH_NOT_IN_SNAPSHOT', `${where} holds anything at ${whole}.`);
    }
    await printList(cli, found);
    await output.lines([...versionLines(found), plural(formatCount(found.length), 'version')]);
    if (cursor !== null) output.note('There are older ones, which are not shown.');
    return answers.issues.length === 0 ? 0 : 3;
  });
}

type Batch =
  | { readonly type: 'found'; readonly paths: readonly FoundPath[] }
  | { readonly type: 'versions'; readonly versions: readonly PathVersion[] };

type Answers = {
  readonly events: AsyncIterable<OperationEvent<Page>>;
  readonly batches: readonly Batch[];
  readonly issues: readonly Issue[];
};

/** Keeps the batches of the answer, and passes on what is said on the way; what could not be read is named. */
function withBatches(events: AsyncIterable<Answer>): Answers {
  const batches: Batch[] = [];
  const issues: Issue[] = [];
  async function* others(): AsyncGenerator<OperationEvent<Page>> {
    for await (const event of events) {
      if (event.type === 'found' || event.type === 'versions') batches.push(event);
      else if (event.type === 'issue') {
        issues.push(event.issue);
        const { path, message, code } = event.issue;
        yield { type: 'notice', text: `Cannot be searched: ${path}: ${message} (${code})` };
      } else yield event;
    }
  }
  return { events: others(), batches, issues };
}

async function printList({ output }: Cli, elements: readonly unknown[]): Promise<void> {
  const list = new JsonList(output);
  await list.add(elements);
  await list.end();
}

function foundLines(found: readonly FoundPath[]): string[] {
  const sources = new Set(found.map(sourceText));
  const rows = found.map((entry) => [
    shortId(entry.last.id),
    localTime(entry.last.takenAt),
    entry.current ? '' : 'gone since',
    entry.type === 'file' ? formatBytes(entry.size) : entry.type,
    localTime(entry.modifiedAt),
    formatCount(entry.versions),
    ...(sources.size > 1 ? [sourceText(entry)] : []),
    entry.path,
  ]);
  return [
    ...tableLines(
      [
        { title: 'NEWEST IN' },
        { title: 'TAKEN' },
        { title: '' },
        { title: 'SIZE', align: 'right' },
        { title: 'MODIFIED' },
        { title: 'VERSIONS', align: 'right' },
        ...(sources.size > 1 ? [{ title: 'SOURCE' }] : []),
        { title: 'PATH' },
      ],
      rows,
    ),
    plural(formatCount(found.length), 'path'),
  ];
}

function versionLines(found: readonly PathVersion[]): string[] {
  const sources = new Set(found.map(sourceText));
  return tableLines(
    [
      { title: 'FIRST IN' },
      { title: 'TAKEN' },
      { title: 'LAST IN' },
      { title: 'TAKEN' },
      { title: 'SNAPSHOTS', align: 'right' },
      { title: 'SIZE', align: 'right' },
      { title: 'MODIFIED' },
      { title: 'CONTENT' },
      ...(sources.size > 1 ? [{ title: 'SOURCE' }] : []),
    ],
    found.map((version) => [
      shortId(version.first.id),
      localTime(version.first.takenAt),
      shortId(version.last.id),
      localTime(version.last.takenAt),
      formatCount(version.snapshots),
      version.type === 'file' ? formatBytes(version.size) : version.type,
      localTime(version.modifiedAt),
      version.digest === null ? '–' : shortId(version.digest),
      ...(sources.size > 1 ? [sourceText(version)] : []),
    ]),
  );
}

function sourceText({ source, hostname }: { readonly source: string; readonly hostname: string }): string {
  return hostname === '' ? source : `${source} on ${hostname}`;
}

function rebuild(cli: Cli, fresh: boolean): Promise<ExitCode> {
  const { output, world } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const events = await client.catalog.rebuild({ repository, fresh }, { signal });
    const result = await follow(output, world.monotonicMs, events);
    await output.document(result);
    await output.summary(rebuildLines(result));
    if (!output.style.json && result.issues.length > 0) {
      output.warn('Not all of the snapshots could be read:');
      nameIssues(output, result.issues);
    }
    return result.issues.length === 0 ? 0 : 3;
  });
}

function rebuildLines(result: RebuildResult): string[] {
  const unreadable = result.unreadable === 0 ? '' : `, ${formatCount(result.unreadable)} cannot be read`;
  return [
    result.indexed === 0 ? 'The catalog was up to date.' : 'The catalog is up to date.',
    ...factLines([
      ['searchable', `${plural(formatCount(result.searchable), 'snapshot')}${unreadable}`],
      ['taken in', `${plural(formatCount(result.indexed), 'snapshot')}, ${formatCount(result.entries)} entries`],
      ...(result.forgotten === 0
        ? []
        : [['forgotten', `${plural(formatCount(result.forgotten), 'snapshot')} no longer there`] as const]),
      ['time', formatDuration(result.durationMs)],
    ]),
  ];
}
