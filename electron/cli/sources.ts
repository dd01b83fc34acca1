import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { RegisteredSource, SourceDefinition } from '../../shared/contract/sources.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { hookText, noHooks } from '../../shared/model/hooks.ts';
import { formatBytes, formatDuration, parseDuration, parseSize } from '../../shared/model/units.ts';
import { collect, sourceArgument, yesOrNo } from './arguments.ts';
import { localTime } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { hookFacts, hookKeys, HOOKS_HELP, hooksWith } from './hook-properties.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

const KEYS_HELP = `
Keys of a folder source, each as --set key=value:
  path                 what to protect; may be given several times
  exclude              pattern as in .gitignore; may be given several times
  exclude-caches       yes or no
  exclude-larger-than  size, such as 500M
  one-file-system      yes or no
${HOOKS_HELP}
  tag                  a word by which profiles are given; may be given several times
  rpo                  how old its newest good snapshot may be, such as 26h; without it as its profile says`;

export function registerSources(program: Command, run: RunCommand): void {
  const source = program.command('source').description('manage the sources that are protected by name');
  source
    .command('add')
    .description('register a source, to be protected with `holdfast protect <name>`')
    .argument('<kind>', '`folder`', kindArgument)
    .requiredOption('--name <name>', 'its name', sourceArgument)
    .option('--set <key=value>', 'a property (repeatable)', collect)
    .addHelpText('after', KEYS_HELP)
    .action((_kind: string, options: { name: string; set?: string[] }) => run((cli) => add(cli, options)));
  source
    .command('set')
    .description('change what a registered source protects, and how; what is not named stays as it is')
    .argument('<name>', 'its name', sourceArgument)
    .option('--set <key=value>', 'a property, in place of what it was (repeatable)', collect)
    .option('--unset <key>', 'take a property away (repeatable)', collect)
    .addHelpText('after', KEYS_HELP)
    .action((name: string, options: { set?: string[]; unset?: string[] }) => run((cli) => change(cli, name, options)));
  source
    .command('list')
    .description('list the registered sources')
    .action(() => run(list));
  source
    .command('show')
    .description('show what a registered source protects, and how')
    .argument('<name>', 'its name', sourceArgument)
    .action((name: string) => run((cli) => show(cli, name)));
  source
    .command('remove')
    .description('forget a registered source; its snapshots are kept')
    .argument('<name>', 'its name', sourceArgument)
    .action((name: string) => run((cli) => remove(cli, name)));
  source
    .command('approve')
    .description('let the hooks of a source that came from a repository run on this machine')
    .argument('<name>', 'its name', sourceArgument)
    .action((name: string) => run((cli) => approve(cli, name)));
}

function kindArgument(text: string): string {
  if (text !== 'folder') throw new InvalidArgumentError('This version knows sources of the kind `folder`.');
  return text;
}

function add(cli: Cli, { name, set = [] }: { name: string; set?: string[] }): Promise<ExitCode> {
  const source = folderSource(cli, name, set);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const added = await client.sources.add({ repository, source }, { signal });
    await cli.output.document(added);
    await cli.output.summary([`Source ${name} is registered: \`holdfast protect ${quoted(name)}\` protects it.`]);
    tellUnapproved(cli, added.source);
    tellSaved(cli.output, added);
    return 0;
  });
}

function change(
  cli: Cli,
  name: string,
  { set = [], unset = [] }: { set?: string[]; unset?: string[] },
): Promise<ExitCode> {
  const properties = readProperties(set);
  if (properties.size === 0 && unset.length === 0) throw badUsage('Nothing to change: give --set or --unset.');
  for (const key of unset) {
    if (!keys.has(key)) throw noSuchKey(key);
    if (properties.has(key)) throw badUsage(`${key} is both set and taken away.`);
    properties.set(key, []);
  }
  return withRepository(cli, async ({ client, signal, repository }) => {
    const before = await client.sources.find({ name, repository }, { signal });
    if (before === null) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${name}.`);
    const changed = await client.sources.update({ repository, source: define(cli, before, properties) }, { signal });
    await cli.output.document(changed);
    await cli.output.summary([`Source ${name} is changed; its next run follows that.`]);
    tellUnapproved(cli, changed.source);
    tellSaved(cli.output, changed);
    return 0;
  });
}

function folderSource(cli: Cli, name: string, set: readonly string[]): SourceDefinition {
  return define(cli, { ...emptySource, name }, readProperties(set));
}

const emptySource: Omit<SourceDefinition, 'name'> = {
  kind: 'folder',
  paths: [],
  excludes: [],
  excludeCaches: false,
  excludeLargerThanBytes: null,
  oneFileSystem: false,
  commands: noHooks,
  tags: [],
  rpoMs: null,
};

/** Values by key; a key without any takes the property away. */
type Properties = Map<string, string[]>;

function readProperties(set: readonly string[]): Properties {
  const values: Properties = new Map();
  for (const text of set) {
    const at = text.indexOf('=');
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || value === '') throw badUsage(`Write --set key=value; ${text} is not of that form.`);
    if (!keys.has(key)) throw noSuchKey(key);
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  for (const [key, given] of values)
    if (given.length > 1 && !repeatable.has(key)) throw badUsage(`${key} can be given once.`);
  return values;
}

/** What is not among the properties stays as it was. */
function define({ world }: Cli, before: SourceDefinition, properties: Properties): SourceDefinition {
  const changed = <Value>(key: string, was: Value, read: (given: string | null) => Value): Value => {
    const given = properties.get(key);
    return given === undefined ? was : read(given[0] ?? null);
  };
  const paths = properties.get('path')?.map((path) => resolve(world.folder, path)) ?? before.paths;
  if (paths.length === 0) throw badUsage('A folder source needs --set path=<folder>.');
  return {
    kind: 'folder',
    name: before.name,
    paths,
    excludes: properties.get('exclude') ?? before.excludes,
    excludeCaches: changed('exclude-caches', before.excludeCaches, (text) => yesOrNo('exclude-caches', text)),
    excludeLargerThanBytes: changed('exclude-larger-than', before.excludeLargerThanBytes, sizeOrNone),
    oneFileSystem: changed('one-file-system', before.oneFileSystem, (text) => yesOrNo('one-file-system', text)),
    commands: hooksWith(before.commands, properties),
    tags: properties.get('tag') ?? before.tags,
    rpoMs: changed('rpo', before.rpoMs, durationOrNone),
  };
}

function sizeOrNone(text: string | null): number | null {
  const bytes = text === null ? null : parseSize(text);
  if (text !== null && (bytes === null || bytes === 0))
    throw badUsage('exclude-larger-than is a size above zero, such as 500M.');
  return bytes;
}

function durationOrNone(text: string | null): number | null {
  const ms = text === null ? null : parseDuration(text);
  if (text !== null && (ms === null || ms === 0)) throw badUsage('rpo is a duration such as 90m, 26h or 1d12h.');
  return ms;
}

function noSuchKey(key: string): HoldfastError {
  return badUsage(`A folder source has no ${key}; it has ${[...keys].join(', ')}.`);
}

const keys = new Set([
  'path',
  'exclude',
  'exclude-caches',
  'exclude-larger-than',
  'one-file-system',
  ...hookKeys,
  'tag',
  'rpo',
]);

const repeatable = new Set(['path', 'exclude', 'tag']);

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { sources } = await client.sources.list({}, { signal });
    await cli.output.document(sources);
    const columns = ['NAME', 'KIND', 'HOOKS', 'PATHS'].map((title) => ({ title }));
    const rows = sources.map((source) => [source.name, source.kind, commandsWord(source), source.paths.join(', ')]);
    await cli.output.lines(sources.length === 0 ? ['No registered sources.'] : tableLines(columns, rows));
    return 0;
  });
}

function show(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const source = await client.sources.find({ name }, { signal });
    if (source === null) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${name}.`);
    await cli.output.document(source);
    await cli.output.lines([`Source ${source.name}`, ...factLines(factsOf(source))]);
    return 0;
  });
}

function factsOf(source: RegisteredSource): (readonly [string, string])[] {
  const { commands, excludeLargerThanBytes } = source;
  const facts: (readonly [string, string | null])[] = [
    ['kind', source.kind],
    ...source.paths.map((path) => ['path', path] as const),
    ...source.excludes.map((pattern) => ['exclude', pattern] as const),
    ['exclude-caches', source.excludeCaches ? 'yes' : null],
    ['exclude-larger-than', excludeLargerThanBytes === null ? null : formatBytes(excludeLargerThanBytes)],
    ['one-file-system', source.oneFileSystem ? 'yes' : null],
    ...hookFacts(commands),
    ...source.tags.map((tag) => ['tag', tag] as const),
    ['rpo', source.rpoMs === null ? null : formatDuration(source.rpoMs)],
    ['hooks', source.approved === null ? null : commandsWord(source)],
    ['added', `${localTime(source.addedAt)} by ${source.addedBy}`],
  ];
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
}

function tellUnapproved({ output }: Cli, { approved, name }: RegisteredSource): void {
  if (approved !== false) return;
  output.warn(
    `Its hooks came from a repository and do not run here until \`holdfast source approve ${quoted(name)}\`.`,
  );
}

function commandsWord({ approved }: RegisteredSource): string {
  if (approved === null) return '–';
  return approved ? 'approved' : 'not approved on this machine';
}

function remove(cli: Cli, name: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const removed = await client.sources.remove({ repository, name }, { signal });
    await cli.output.document(removed);
    await cli.output.summary([`Source ${name} is no longer registered; its snapshots are kept.`]);
    tellSaved(cli.output, removed);
    return 0;
  });
}

function approve(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const source = await client.sources.approve({ name }, { signal });
    await cli.output.document(source);
    const { before, after } = source.commands;
    const hooks = [before, after].filter((hook) => hook !== null);
    await cli.output.summary(
      hooks.length === 0
        ? [`Source ${name} has no hooks.`]
        : [`Approved for ${name} on this machine:`, ...hooks.map((hook) => `  ${hookText(hook)}`)],
    );
    return 0;
  });
}

function quoted(name: string): string {
  return name.includes(' ') ? `'${name}'` : name;
}
