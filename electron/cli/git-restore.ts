import { resolve } from 'node:path';
import type { Command } from 'commander';
import type {
  GitRestoreInput,
  GitRestoreResult,
  RestoredGitRepository,
  RestoredPart,
} from '../../shared/contract/git.ts';
import { formatCount, formatDuration } from '../../shared/model/units.ts';
import { collect, sourceArgument } from './arguments.ts';
import { detach, DETACH_HELP } from './detach.ts';
import { plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { JsonList } from './json-list.ts';
import { follow, nameIssues, type OperationEvent } from './operation.ts';
import type { Output } from './output.ts';
import { CLONE_HELP, EXPIRES_HELP, isClone, lifetimeArgument, makeClone } from './make-clone.ts';
import type { RunCommand } from './run-command.ts';
import { secretValue } from './secret-values.ts';
import { withRepository, type Cli } from './session.ts';
import { factLines } from './table.ts';

type Options = {
  all?: boolean;
  ref?: string[];
  toUrl?: string;
  toGithub?: string;
  githubApi?: string;
  public?: boolean;
  onlyGit?: boolean;
  toBare?: string;
  toCheckout?: string;
  toBundle?: string;
  secret?: string;
  user?: string;
  overwrite?: boolean;
  delete?: boolean;
  dryRun?: boolean;
  verify: boolean;
  detach?: boolean;
  source?: string;
  clone?: boolean;
  expires?: number;
};

type RestoreEvent =
  | OperationEvent<GitRestoreResult>
  | { readonly type: 'repository'; readonly repository: RestoredGitRepository };
type Target = GitRestoreInput['target'];

export function registerGitRestore(git: Command, run: RunCommand): void {
  git
    .command('restore')
    .description('give Git repositories back to a server or to folders')
    .argument('<snapshot>', 'id, beginning of one, or `latest`')
    .argument('[repository...]', 'paths of Git repositories in the snapshot, or their ends, such as owner/name')
    .option('--all', 'all repositories of the snapshot')
    .option('--ref <from[:to]>', 'one branch, tag, kept ref or commit, and its name there (repeatable)', collect)
    .option('--to-url <url>', 'to a Git server; for several, {owner} and {name} stand for theirs')
    .option('--to-github <owner[/name]>', 'to GitHub, where a repository is made if there is none')
    .option('--github-api <url>', 'address of the API of another GitHub than github.com')
    .option('--public', 'a repository that is made there is for everyone to see')
    .option('--only-git', 'to GitHub: no settings, releases or wiki, only what is pushed to the repository')
    .option('--to-bare <dir>', 'to a bare repository; several go below it')
    .option('--to-checkout <dir>', 'to a working folder; several go below it')
    .option('--to-bundle <file>', 'to a bundle; several go below it as a folder')
    .option('--secret <token=env:NAME>', 'a token that may write there, from an environment variable; it is not kept')
    .option('--user <name>', 'the user that goes with the token')
    .option('--overwrite', 'also where commits of the target would be lost')
    .option('--delete', 'delete refs there that the snapshot has not')
    .option('--clone', CLONE_HELP)
    .option('--expires <time>', EXPIRES_HELP, lifetimeArgument)
    .option('--dry-run', 'list what would become of each ref, setting and release, and write nothing')
    .option('--no-verify', 'do not check a fresh clone afterwards')
    .option('--detach', DETACH_HELP)
    .option('--source <name>', 'the source that `latest` means', sourceArgument)
    .action((snapshot: string, paths: string[], options: Options) =>
      run((cli) => restore(cli, snapshot, paths, options)),
    );
}

function restore(cli: Cli, snapshot: string, paths: readonly string[], options: Options): Promise<ExitCode> {
  const input = inputOf(cli, snapshot, paths, options);
  if (isClone(options, unlikeAClone(options))) return cloneOf(cli, input, options);
  const { output, world } = cli;
  if (options.dryRun === true && options.detach === true)
    throw badUsage('A dry run is there to be read: leave --detach out.');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const events = await client.git.restore({ repository, ...input }, { signal });
    if (options.detach === true) return detach(cli, events);
    const list = new JsonList(output, '{"repositories": [');
    const result = await follow(output, world.monotonicMs, withEachPrinted(output, list, events));
    await list.end(`],"result":${JSON.stringify(result)}}`);
    await report(output, result);
    return exitCodeOf(result);
  });
}

function unlikeAClone(options: Options): Readonly<Record<string, boolean>> {
  return {
    '--ref': options.ref !== undefined,
    '--overwrite': options.overwrite === true,
    '--delete': options.delete === true,
    '--dry-run': options.dryRun === true,
    '--no-verify': !options.verify,
  };
}

function cloneOf(
  cli: Cli,
  { snapshot, paths, target, source }: Omit<GitRestoreInput, 'repository'>,
  options: Options,
): Promise<ExitCode> {
  if (target.kind !== 'bare' && target.kind !== 'checkout')
    throw badUsage('A clone is made with --to-bare or --to-checkout.');
  const of = source === undefined ? {} : { source };
  return makeClone(cli, { kind: 'git', snapshot, paths, as: target.kind, target: target.path, ...of }, options);
}

function inputOf(
  cli: Cli,
  snapshot: string,
  paths: readonly string[],
  options: Options,
): Omit<GitRestoreInput, 'repository'> {
  if (options.all === true && paths.length > 0) throw badUsage('Give either repositories or --all.');
  if (options.all !== true && paths.length === 0)
    throw badUsage('Say what to restore: a repository, several, or --all.');
  if (options.ref !== undefined && paths.length !== 1) throw badUsage('--ref is of one repository.');
  const access = accessOf(cli, options);
  return {
    snapshot,
    paths: options.all === true ? null : [...paths],
    refs: options.ref === undefined ? null : options.ref.map(chosenRef),
    target: targetOf(cli, options),
    ...(access === null ? {} : { access }),
    overwrite: options.overwrite ?? false,
    deletes: options.delete ?? false,
    dryRun: options.dryRun ?? false,
    verify: options.verify,
    beside: options.onlyGit !== true,
    detach: options.detach ?? false,
    ...(options.source === undefined ? {} : { source: options.source }),
  };
}

function targetOf({ world }: Cli, options: Options): Target {
  const { toUrl, toGithub, githubApi, toBare, toCheckout, toBundle } = options;
  if (githubApi !== undefined && toGithub === undefined) throw badUsage('--github-api goes with --to-github.');
  if (options.onlyGit === true && toGithub === undefined) throw badUsage('--only-git goes with --to-github.');
  const folders = { bare: toBare, checkout: toCheckout, bundle: toBundle };
  const targets: Target[] = [
    ...(toUrl === undefined ? [] : [{ kind: 'url' as const, url: toUrl }]),
    ...(toGithub === undefined ? [] : [githubTarget(toGithub, githubApi, options.public !== true)]),
    ...(['bare', 'checkout', 'bundle'] as const).flatMap((kind) => {
      const path = folders[kind];
      return path === undefined ? [] : [{ kind, path: resolve(world.folder, path) }];
    }),
  ];
  const [target] = targets;
  if (target !== undefined && targets.length === 1) return target;
  throw badUsage('Say where to: one of --to-url, --to-github, --to-bare, --to-checkout and --to-bundle.');
}

function githubTarget(text: string, api: string | undefined, isPrivate: boolean): Target {
  const [owner = '', name, ...more] = text.split('/');
  if (owner === '' || name === '' || more.length > 0) throw badUsage('Write --to-github owner, or owner/name.');
  const named = name === undefined ? {} : { name };
  return { kind: 'github', owner, ...named, private: isPrivate, ...(api === undefined ? {} : { api }) };
}

function accessOf(cli: Cli, { secret, user }: Options): { token: string; user?: string } | null {
  if (secret === undefined) {
    if (user !== undefined) throw badUsage('--user goes with --secret.');
    return null;
  }
  const { key, value } = secretValue(cli, secret);
  if (key !== 'token') throw badUsage('The secret of a target is called token: --secret token=env:NAME.');
  return { token: value, ...(user === undefined ? {} : { user }) };
}

function chosenRef(text: string): { from: string; to?: string } {
  const [from = '', to] = text.split(':');
  return { from, ...(to === undefined ? {} : { to }) };
}

/** Prints each repository as it comes and passes the rest on: there may be thousands, with thousands of refs. */
async function* withEachPrinted(
  output: Output,
  list: JsonList,
  events: AsyncIterable<RestoreEvent>,
): AsyncGenerator<OperationEvent<GitRestoreResult>> {
  for await (const event of events) {
    if (event.type !== 'repository') {
      yield event;
    } else {
      await list.add([event.repository]);
      await output.lines(repositoryLines(event.repository));
      output.ensureRead();
    }
  }
}

const stateWords: Readonly<Record<RestoredGitRepository['state'], string>> = {
  planned: 'would be restored',
  done: 'restored',
  partial: 'restored in part',
  failed: 'not restored',
  empty: 'is empty',
};

function repositoryLines(repository: RestoredGitRepository): string[] {
  const { name, state, target, created, refs, problem, verified, lfsObjects, parts, notGivenBack } = repository;
  const isPlan = state === 'planned';
  const place = target === null ? '' : ` to ${target}${created ? (isPlan ? ', to be made' : ', new') : ''}`;
  const shown = refs.filter(
    ({ action, result }) => isPlan || result === 'heldBack' || result === 'failed' || action === 'overwrite',
  );
  return [
    `${name}: ${stateWords[state]}${place}${problem === null ? '' : `: ${problem}`}`,
    ...shown.map((ref) => `  ${refWord(ref).padEnd(12)}  ${ref.name}${ref.problem === null ? '' : `: ${ref.problem}`}`),
    ...(lfsObjects === 0 ? [] : [`  ${plural(formatCount(lfsObjects), 'object')} of Git LFS`]),
    ...parts.filter(({ action }) => action !== 'unchanged').map(partLine),
    ...(notGivenBack.length === 0 ? [] : [`  stays in the snapshot: ${notGivenBack.join(', ')}`]),
    ...(verified?.sound === true && verified.otherRefs.length === 0
      ? [`  ${verifiedWords(verified, parts.length > 0)}`]
      : []),
  ];
}

function refWord({ action, result }: Pick<RestoredPart, 'result'> & { readonly action: string }): string {
  if (result === 'heldBack') return 'held back';
  return result === 'failed' ? 'failed' : action;
}

function partLine(part: RestoredPart): string {
  const { kind, name, from, to, problem } = part;
  const said = kind === 'setting' || kind === 'wiki' || kind === name ? name : `${kind} ${name}`;
  const values = kind === 'wiki' || from === to ? '' : `: ${[from, to].filter(Boolean).map(oneLine).join(' → ')}`;
  return `  ${refWord(part).padEnd(12)}  ${said}${values === ': ' ? '' : values}${problem === null ? '' : `: ${problem}`}`;
}

/** Somebody may have written much there. */
function oneLine(value: string | null): string {
  return (value ?? '').replaceAll(/\s+/g, ' ').slice(0, 80);
}

function verifiedWords(
  { connectivityOnly, otherParts }: NonNullable<RestoredGitRepository['verified']>,
  hasParts: boolean,
): string {
  const beside = hasParts && otherParts.length === 0 ? ', and settings and releases as they were given back' : '';
  return `refs as in the snapshot${beside}; a fresh clone passes git fsck${connectivityOnly ? ' --connectivity-only' : ''}`;
}

async function report(output: Output, result: GitRestoreResult): Promise<void> {
  if (output.style.json) return;
  const { repositories, refs, parts, dryRun, issues, durationMs } = result;
  await output.summary([
    dryRun
      ? 'Nothing was written.'
      : `Restored ${plural(formatCount(repositories.done + repositories.empty), 'repository', 'repositories')}.`,
    ...factLines([
      ...(repositories.partial === 0 ? [] : [['in part', formatCount(repositories.partial)] as const]),
      ...(repositories.failed === 0 ? [] : [['failed', formatCount(repositories.failed)] as const]),
      ['refs', countedWords(refs)],
      ...(countedWords(parts) === '' ? [] : [['beside', countedWords(parts)] as const]),
      ['time', formatDuration(durationMs)],
    ]),
  ]);
  if (refs.heldBack > 0) output.warn('Refs were held back, because the target would lose commits (see --overwrite).');
  if (parts.heldBack > 0) output.warn('Values that somebody has set at the target were left (see --overwrite).');
  if (issues.length === 0) return;
  output.warn(`${plural(formatCount(issues.length), 'thing')} did not go as asked:`);
  nameIssues(output, issues);
}

function countedWords(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${formatCount(count)} ${what === 'heldBack' ? 'held back' : what}`)
    .join(', ');
}

function exitCodeOf({ repositories, refs, parts }: GitRestoreResult): ExitCode {
  const { done, partial, failed, empty } = repositories;
  if (failed > 0 && done + partial + empty === 0) return 1;
  return failed + partial + refs.heldBack + parts.heldBack > 0 ? 3 : 0;
}
