import { InvalidArgumentError, type Command } from 'commander';
import { secretKeys, type RegisteredSource, type SourceSecret } from '../../shared/contract/sources.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { hookText } from '../../shared/model/hooks.ts';
import { sourceKinds, sourcePlaces, type SourceKind } from '../../shared/model/source-kinds.ts';
import { collect, sourceArgument } from './arguments.ts';
import { localTime } from './display.ts';
import { ec2Warning } from './ec2-properties.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { secretValue, tellSecrets } from './secret-values.ts';
import { checkSource } from './source-check.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { registerExceptions } from './source-exceptions.ts';
import { newSource, readProperties, sourceFacts, sourceWith, SOURCE_KEYS_HELP } from './source-properties.ts';
import { factLines, tableLines } from './table.ts';

export function registerSources(program: Command, run: RunCommand): void {
  const source = program.command('source').description('manage the sources that are protected by name');
  source
    .command('add')
    .description('register a source, to be protected with `holdfast protect <name>`')
    .argument('<kind>', '`folder`, `git`, `github`, `s3-bucket` or `ec2`', kindArgument)
    .requiredOption('--name <name>', 'its name', sourceArgument)
    .option('--set <key=value>', 'a property (repeatable)', collect)
    .option('--secret <key=env:NAME>', 'what it is reached with, from the environment (repeatable)', collect)
    .addHelpText('after', SOURCE_KEYS_HELP)
    .action((kind: SourceKind, options: AddOptions) => run((cli) => add(cli, kind, options)));
  source
    .command('set')
    .description('change what a registered source protects, and how; what is not named stays as it is')
    .argument('<name>', 'its name', sourceArgument)
    .option('--set <key=value>', 'a property, in place of what it was (repeatable)', collect)
    .option('--unset <key>', 'take a property away (repeatable)', collect)
    .option('--secret <key=env:NAME>', 'what it is reached with, from the environment (repeatable)', collect)
    .addHelpText('after', SOURCE_KEYS_HELP)
    .action((name: string, options: ChangeOptions) => run((cli) => change(cli, name, options)));
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
    .command('check')
    .description('look whether a source can be protected now, and what its next run would do; changes nothing')
    .argument('<name>', 'its name', sourceArgument)
    .action((name: string) => run((cli) => checkSource(cli, name)));
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
  registerExceptions(source, run);
}

type ChangeOptions = { readonly set?: string[]; readonly unset?: string[]; readonly secret?: string[] };
type AddOptions = Omit<ChangeOptions, 'unset'> & { readonly name: string };

function kindArgument(text: string): SourceKind {
  const kind = sourceKinds.find((one) => one === text);
  if (kind === undefined)
    throw new InvalidArgumentError(`This version knows sources of the kinds ${sourceKinds.join(', ')}.`);
  return kind;
}

function add(cli: Cli, kind: SourceKind, { name, set = [], secret = [] }: AddOptions): Promise<ExitCode> {
  const source = newSource(kind, name, readProperties(kind, set), cli.world.folder);
  const secrets = sourceSecrets(cli, secret);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const added = await client.sources.add({ repository, source, secrets }, { signal });
    await cli.output.document(added);
    await cli.output.summary([`Source ${name} is registered: \`holdfast protect ${quoted(name)}\` protects it.`]);
    tellWarnings(cli, added.source);
    tellSecrets(cli.output, added.secretsKept, secrets);
    tellSaved(cli.output, added);
    return 0;
  });
}

function change(cli: Cli, name: string, { set = [], unset = [], secret = [] }: ChangeOptions): Promise<ExitCode> {
  if (set.length + unset.length + secret.length === 0)
    throw badUsage('Nothing to change: give --set, --unset or --secret.');
  readProperties(null, set, unset);
  const secrets = sourceSecrets(cli, secret);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const before = await client.sources.find({ name, repository }, { signal });
    if (before === null) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${name}.`);
    const { addedAt: _at, addedBy: _by, approved: _approved, ...definition } = before;
    const source = sourceWith(definition, readProperties(before.kind, set, unset), cli.world.folder);
    const changed = await client.sources.update({ repository, source, secrets }, { signal });
    await cli.output.document(changed);
    await cli.output.summary([`Source ${name} is changed; its next run follows that.`]);
    tellWarnings(cli, changed.source);
    tellSecrets(cli.output, changed.secretsKept, secrets);
    tellSaved(cli.output, changed);
    return 0;
  });
}

function sourceSecrets(cli: Cli, given: readonly string[]): SourceSecret[] {
  return given.map((text) => {
    const { key, value, variable } = secretValue(cli, text);
    const known = secretKeys.find((one) => one === key);
    if (known === undefined) throw badUsage(`A secret of a source is ${secretKeys.join(' or ')}.`);
    return { key: known, value, variable };
  });
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { sources } = await client.sources.list({}, { signal });
    await cli.output.document(sources);
    const columns = ['NAME', 'KIND', 'HOOKS', 'PROTECTS'].map((title) => ({ title }));
    const rows = sources.map((source) => [
      source.name,
      source.kind,
      commandsWord(source),
      sourcePlaces(source).join(', '),
    ]);
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
  const hooks = source.approved === null ? [] : [['hooks', commandsWord(source)] as const];
  return [...sourceFacts(source), ...hooks, ['added', `${localTime(source.addedAt)} by ${source.addedBy}`]];
}

function tellWarnings(cli: Cli, source: RegisteredSource): void {
  tellUnapproved(cli, source);
  const warning = source.kind === 'ec2' ? ec2Warning(source) : null;
  if (warning !== null) cli.output.warn(warning);
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
