import { Option, type Command } from 'commander';
import type { GitCommit, LostHistory, RefComparison } from '../../shared/contract/git.ts';
import type { GitRepository } from '../../shared/contract/git-repositories.ts';
import { formatCount } from '../../shared/model/units.ts';
import { countArgument, sourceArgument } from './arguments.ts';
import { localTime, plural } from './display.ts';
import type { ExitCode } from './failure.ts';
import { registerGitRestore } from './git-restore.ts';
import type { RunCommand } from './run-command.ts';
import { withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

const SNAPSHOT = 'id, beginning of one, or `latest`';
const REPOSITORY = 'path of the Git repository in the snapshot, or its end, such as owner/name';

export function registerGit(program: Command, run: RunCommand): void {
  const git = program.command('git').description('Git repositories in snapshots: look into them, and give them back');
  const sourced = (command: Command): Command =>
    command.option('--source <name>', 'the source that `latest` means', sourceArgument);
  sourced(git.command('repositories').description('list the Git repositories in a snapshot'))
    .argument('<snapshot>', SNAPSHOT)
    .option('--filter <text>', 'only those whose path holds it')
    .action((snapshot: string, options: ListOptions) => run((cli) => repositories(cli, snapshot, options)));
  sourced(git.command('refs').description('list the branches and tags of a repository, and the history it has lost'))
    .argument('<snapshot>', SNAPSHOT)
    .argument('<repository>', REPOSITORY)
    .option('--filter <text>', 'only those whose name holds it')
    .action((snapshot: string, path: string, options: ListOptions) => run((cli) => refs(cli, snapshot, path, options)));
  sourced(git.command('log').description('list the commits of a branch or tag'))
    .argument('<snapshot>', SNAPSHOT)
    .argument('<repository>', REPOSITORY)
    .argument('[ref]', 'a branch, a tag, a ref that is kept, or a commit', 'HEAD')
    .option('--lost', 'only commits that no branch or tag of the snapshot leads to')
    .option('--limit <n>', 'how many', countArgument, 50)
    .addOption(new Option('--skip <n>', 'leave out the newest').argParser(skipArgument).default(0))
    .action((snapshot: string, path: string, ref: string, options: LogOptions) =>
      run((cli) => log(cli, { snapshot, path, ref }, options)),
    );
  sourced(git.command('compare').description('list what became of branches and tags between two snapshots'))
    .argument('<before>', SNAPSHOT)
    .argument('<after>', 'the same')
    .argument('<repository>', REPOSITORY)
    .action((before: string, after: string, path: string, options: SourceOption) =>
      run((cli) => compare(cli, { before, after, path }, options)),
    );
  registerGitRestore(git, run);
}

type SourceOption = { source?: string };
type ListOptions = SourceOption & { filter?: string };
type LogOptions = SourceOption & { lost?: boolean; limit: number; skip: number };

const pageSize = 1000;
const commitsOfPage = 500;

function repositories(cli: Cli, snapshot: string, { source, filter = '' }: ListOptions): Promise<ExitCode> {
  const { output } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const all: GitRepository[] = [];
    for (;;) {
      const input = { repository, snapshot, from: all.length, limit: pageSize, filter };
      const page = await client.git.repositories({ ...input, ...sourceOf(source) }, { signal });
      all.push(...page.repositories);
      if (page.repositories.length > 0 && all.length < page.matching) continue;
      await output.document({ ...page, repositories: all });
      await output.lines(all.length === 0 ? ['No Git repositories.'] : repositoryLines(all));
      if (page.whole) return all.some(({ problem }) => problem !== null) ? 3 : 0;
      output.warn('The snapshot has more folders than were looked at: there may be more repositories.');
      return 3;
    }
  });
}

function repositoryLines(all: readonly GitRepository[]): string[] {
  const lines = tableLines(
    [
      { title: 'REPOSITORY' },
      { title: 'STATE' },
      { title: 'SINCE' },
      { title: 'DEFAULT BRANCH' },
      { title: 'BRANCHES', align: 'right' },
      { title: 'TAGS', align: 'right' },
      { title: 'LOST', align: 'right' },
      { title: 'CHECKED' },
      { title: 'PATH' },
    ],
    all.map(({ name, head, branches, tags, lost, verified, path, problem, told, stored, lfs }) => [
      name,
      stateWord({ told, stored, lfs }),
      told?.since === null || told?.since === undefined ? '' : localTime(told.since),
      problem ?? shortRef(head ?? '–'),
      formatCount(branches),
      formatCount(tags),
      lost === 0 ? '' : formatCount(lost),
      checkedWords(verified),
      path,
    ]),
  );
  const reasons = all.flatMap(({ name, told }) =>
    told === null || told.state === 'ok' || told.reason === null ? [] : [`${name}: ${told.reason}`],
  );
  return [...lines, plural(formatCount(all.length), 'repository', 'repositories'), ...reasons];
}

function stateWord({ told, stored, lfs }: Pick<GitRepository, 'told' | 'stored' | 'lfs'>): string {
  if (!stored) return 'never fetched';
  if (told !== null && told.state !== 'ok') return told.state === 'failed' ? 'not fetched' : told.state;
  if (lfs?.complete === false) return 'LFS not complete';
  return told === null ? '' : 'whole';
}

function checkedWords(verified: GitRepository['verified']): string {
  if (verified === null) return '–';
  return verified.problems.length === 0 ? localTime(verified.at) : 'damaged';
}

function refs(cli: Cli, snapshot: string, path: string, { source, filter = '' }: ListOptions): Promise<ExitCode> {
  const { output } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const input = { repository, snapshot, path, filter, limit: 10_000, ...sourceOf(source) };
    const found = await client.git.refs(input, { signal });
    for (let page = found; found.refs.length < page.matching && page.refs.length > 0; found.refs.push(...page.refs)) {
      page = await client.git.refs({ ...input, from: found.refs.length }, { signal });
    }
    await output.document(found);
    await output.lines([
      ...tableLines(
        [{ title: 'REF' }, { title: 'ID' }, { title: '' }],
        found.refs.map(({ name, id }) => [name, id, name === found.head ? 'default branch' : '']),
      ),
      plural(formatCount(found.refs.length), 'ref'),
      ...lostLines(found.lost),
    ]);
    return 0;
  });
}

function lostLines(lost: readonly LostHistory[]): string[] {
  if (lost.length === 0) return [];
  const rows = lost.map(({ at, ref, kind, from, commits, keptAs }) => [
    localTime(at),
    ref,
    kind === 'forced' ? 'forced push' : 'deleted',
    from.slice(0, 12),
    commits === null ? '' : formatCount(commits),
    keptAs ?? '',
  ]);
  const titles = ['LOST', 'REF', 'BY', 'WAS', 'COMMITS', 'KEPT AS'].map((title) => ({ title }));
  return ['', ...tableLines(titles, rows)];
}

function log(
  cli: Cli,
  { snapshot, path, ref }: { readonly snapshot: string; readonly path: string; readonly ref: string },
  { source, lost = false, limit, skip }: LogOptions,
): Promise<ExitCode> {
  const { output } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const commits: GitCommit[] = [];
    const input = { repository, snapshot, path, at: ref, lostOnly: lost, ...sourceOf(source) };
    for (let more = true; more && commits.length < limit;) {
      const part = { from: skip + commits.length, limit: Math.min(commitsOfPage, limit - commits.length) };
      const page = await client.git.commits({ ...input, ...part }, { signal });
      commits.push(...page.commits);
      more = page.more && page.commits.length > 0;
      await output.lines(page.commits.map(commitLine));
      output.ensureRead();
    }
    await output.document(commits);
    if (commits.length === 0) await output.lines(['No commits.']);
    return 0;
  });
}

function commitLine({ id, author, subject }: GitCommit): string {
  return `${id.slice(0, 12)}  ${localTime(author.at)}  ${author.name}: ${subject}`;
}

function compare(
  cli: Cli,
  { before, after, path }: { readonly before: string; readonly after: string; readonly path: string },
  { source }: SourceOption,
): Promise<ExitCode> {
  const { output } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const input = { repository, snapshot: before, after, path, ...sourceOf(source) };
    const found = await client.git.compare(input, { signal });
    await output.document(found);
    const { head, changes } = found;
    const moved = head.from === head.to ? [] : [`Default branch: ${head.from ?? 'none'} -> ${head.to ?? 'none'}`];
    await output.lines(
      moved.length + changes.length === 0 ? ['The refs are equal.'] : [...moved, ...changeLines(changes)],
    );
    return 0;
  });
}

function changeLines(changes: readonly RefComparison[]): string[] {
  return tableLines(
    [{ title: 'CHANGE' }, { title: 'REF' }, { title: 'FROM' }, { title: 'TO' }, { title: 'LOST' }],
    changes.map(({ kind, name, from, to, lost }) => [
      kind,
      name,
      from?.slice(0, 12) ?? '',
      to?.slice(0, 12) ?? '',
      lost === null ? '' : lostWords(lost),
    ]),
  );
}

function lostWords({ kind, commits, keptAs }: LostHistory): string {
  const how = kind === 'forced' ? 'forced push' : 'deleted';
  const many = commits === null ? '' : `, ${plural(formatCount(commits), 'commit')}`;
  return `${how}${many}${keptAs === null ? '' : `, kept as ${keptAs}`}`;
}

function shortRef(name: string): string {
  return name.replace(/^refs\/heads\//, '');
}

function skipArgument(text: string): number {
  return text === '0' ? 0 : countArgument(text);
}

function sourceOf(source: string | undefined): { source?: string } {
  return source === undefined ? {} : { source };
}
