import type { Command } from 'commander';
import type { RepositoryAccess } from '../../shared/contract/common.ts';
import type { Entry, Snapshot } from '../../shared/contract/snapshots.ts';
import { formatBytes, formatCount } from '../../shared/model/units.ts';
import { sourceArgument } from './arguments.ts';
import { localTime, plural, shortId, statusWord } from './display.ts';
import type { ExitCode } from './failure.ts';
import { JsonList } from './json-list.ts';
import { nameIssues } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';
import type { ContractClient } from './world.ts';

/** Each page reads the repository's list again. */
const pageSize = 10_000;

export function registerSnapshots(program: Command, run: RunCommand): void {
  program
    .command('snapshots')
    .description('list the snapshots in the repository')
    .option('--source <name>', 'only those of this source', sourceArgument)
    .action((options: { source?: string }) => run((cli) => snapshots(cli, options.source)));
  program
    .command('ls')
    .description('list what a snapshot holds')
    .argument('<snapshot[:path]>', 'id, beginning of one, or `latest`, and a folder in it')
    .option('--recursive', 'everything below, not only one folder')
    .option('--source <name>', 'the source that `latest` means', sourceArgument)
    .action((snapshot: string, options: LsOptions) => run((cli) => ls(cli, snapshot, options)));
}

function snapshots(cli: Cli, source: string | undefined): Promise<ExitCode> {
  const { output } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const found = await everySnapshot({ ...(source !== undefined && { source }), repository }, client, signal);
    await output.document(found.snapshots);
    await output.lines(found.snapshots.length === 0 ? ['No snapshots.'] : snapshotLines(found.snapshots));
    for (const text of found.notices) output.warn(text);
    if (found.unreadable.length === 0) return 0;
    output.warn(`${plural(formatCount(found.unreadable.length), 'snapshot')} could not be read and so not listed:`);
    nameIssues(output, found.unreadable);
    return 3;
  });
}

type Listed = Awaited<ReturnType<ContractClient['snapshots']['list']>>;

/** All pages. */
async function everySnapshot(
  asked: { readonly repository: RepositoryAccess; readonly source?: string },
  client: ContractClient,
  signal: AbortSignal,
): Promise<Pick<Listed, 'snapshots' | 'unreadable' | 'notices'>> {
  let page = await client.snapshots.list({ ...asked, limit: pageSize }, { signal });
  const { unreadable, notices } = page;
  const all = [...page.snapshots];
  for (let last = all.at(-1); page.more && last !== undefined; last = page.snapshots.at(-1)) {
    page = await client.snapshots.list({ ...asked, limit: pageSize, after: last.id }, { signal });
    all.push(...page.snapshots);
  }
  return { snapshots: all, unreadable, notices };
}

function snapshotLines(found: readonly Snapshot[]): string[] {
  const anyConsistent = found.some(({ consistency }) => consistency !== null);
  const anyHeld = found.some(({ hold }) => hold !== null);
  const lines = tableLines(
    [
      { title: 'ID' },
      { title: 'TAKEN' },
      { title: 'STATUS' },
      { title: 'FILES', align: 'right' },
      { title: 'SIZE', align: 'right' },
      { title: 'HOST' },
      { title: 'SOURCE' },
      { title: 'TAGS' },
      ...(anyConsistent ? [{ title: 'CONSISTENT' }] : []),
      ...(anyHeld ? [{ title: 'HELD' }] : []),
    ],
    found.map((snapshot) => [
      shortId(snapshot.id),
      localTime(snapshot.takenAt),
      statusWord(snapshot.status),
      snapshot.files === null ? '–' : formatCount(snapshot.files),
      snapshot.bytes === null ? '–' : formatBytes(snapshot.bytes),
      snapshot.hostname,
      snapshot.source,
      // Our own tags say what the other columns show.
      snapshot.tags.filter((tag) => !tag.startsWith('holdfast:')).join(', '),
      ...(anyConsistent ? [snapshot.consistency ?? ''] : []),
      snapshot.hold === null ? '' : `${snapshot.hold.reason} (${snapshot.hold.author})`,
    ]),
  );
  return [...lines, plural(formatCount(found.length), 'snapshot')];
}

type LsOptions = { recursive?: boolean; source?: string };

function ls(cli: Cli, snapshot: string, { recursive = false, source }: LsOptions): Promise<ExitCode> {
  const { output } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const input = { repository, snapshot, recursive, ...(source === undefined ? {} : { source }) };
    const list = new JsonList(output);
    let exitCode: ExitCode = 0;
    for await (const event of await client.snapshots.ls(input, { signal })) {
      if (event.type === 'issue') {
        exitCode = 3;
        output.warn('A part of the snapshot could not be listed:');
        nameIssues(output, [event.issue]);
        continue;
      }
      await list.add(event.entries);
      await output.lines(event.entries.map(entryLine));
      output.ensureRead();
    }
    await list.end();
    return exitCode;
  });
}

/** Fixed columns, because entries are printed before the widest of them is known. */
function entryLine(entry: Entry): string {
  const owner = `${entry.uid}:${entry.gid}`;
  const size = entry.type === 'file' ? formatBytes(entry.size) : '';
  const target = entry.linkTarget === null ? '' : ` -> ${entry.linkTarget}`;
  const columns = [modeText(entry), owner.padEnd(11), size.padStart(10), localTime(entry.modifiedAt)];
  return `${columns.join('  ')}  ${entry.path}${target}`;
}

const typeLetters: Readonly<Record<Entry['type'], string>> = {
  file: '-',
  dir: 'd',
  symlink: 'l',
  dev: 'b',
  chardev: 'c',
  fifo: 'p',
  socket: 's',
  irregular: '?',
  unknown: '?',
};

/** As `ls -l` writes it: `drwxr-sr-t`. */
function modeText({ type, mode }: Entry): string {
  const triple = (shift: number, special: boolean, letter: string): string => {
    const bits = mode >> shift;
    const runs = (bits & 1) !== 0;
    const last = special ? (runs ? letter : letter.toUpperCase()) : runs ? 'x' : '-';
    return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`;
  };
  return (
    typeLetters[type] +
    triple(6, (mode & 0o4000) !== 0, 's') +
    triple(3, (mode & 0o2000) !== 0, 's') +
    triple(0, (mode & 0o1000) !== 0, 't')
  );
}
