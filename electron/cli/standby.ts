import type { Command } from 'commander';
import type { Standby, StandbyRunResult, StandbyTarget } from '../../shared/contract/standby.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { lagWords, standbyWords } from '../../shared/model/standby.ts';
import { formatBytes, formatDuration } from '../../shared/model/units.ts';
import { collect } from './arguments.ts';
import { localTime, plural, shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import { follow } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { isOfTarget, settingsOf, standbyHelp, targetOf } from './standby-properties.ts';
import { factLines, tableLines } from './table.ts';

type AddOptions = { readonly to: string; readonly set?: string[]; readonly host?: string };

export function registerStandby(program: Command, run: RunCommand): void {
  const standby = program
    .command('standby')
    .description('keep a folder, bare Git repositories or a bucket restored from the newest snapshot of a source');
  standby
    .command('add')
    .description('take an empty place into possession, and bring the newest snapshot there')
    .argument('<name>', 'what it is called')
    .argument('<source>', 'the source that it shows')
    .requiredOption('--to <target>', 'an empty folder, or s3://bucket/prefix/')
    .option('--host <name>', 'of snapshots that were taken on this machine')
    .option('--set <key=value>', 'a property (repeatable)', collect)
    .addHelpText('after', standbyHelp)
    .action((name: string, source: string, options: AddOptions) => run((cli) => add(cli, name, source, options)));
  standby
    .command('set')
    .description('change a standby; what is not named stays as it is')
    .argument('<name>', 'what it is called')
    .requiredOption('--set <key=value>', 'a property, in place of what it was (repeatable)', collect)
    .addHelpText('after', standbyHelp)
    .action((name: string, options: { set: string[] }) => run((cli) => change(cli, name, options.set)));
  standby
    .command('list')
    .description('list the standbys: what each shows, and how far it is behind')
    .action(() => run(list));
  standby
    .command('show')
    .description('show a standby with its versions, and what somebody has changed in it')
    .argument('<name>', 'what it is called')
    .action((name: string) => run((cli) => show(cli, name)));
  standby
    .command('run')
    .description('bring it up to date now, and put right what somebody has changed')
    .argument('<name>', 'what it is called')
    .option('--detach', 'go on in the engine that is served')
    .action((name: string, { detach = false }: { detach?: boolean }) => run((cli) => runNow(cli, name, detach)));
  standby
    .command('confirm')
    .description('on a home that has it from a repository: its target is its own here too')
    .argument('<name>', 'what it is called')
    .action((name: string) => run((cli) => confirm(cli, name)));
  standby
    .command('remove')
    .description('forget a standby; what lies in its target stays')
    .argument('<name>', 'what it is called')
    .action((name: string) => run((cli) => remove(cli, name)));
}

function add(cli: Cli, name: string, source: string, { to, set = [], host }: AddOptions): Promise<ExitCode> {
  const settings = settingsOf(set.filter((text) => !isOfTarget(text)));
  return withRepository(cli, async ({ client, signal, repository }) => {
    const target = targetOf(cli.world, to, set.filter(isOfTarget));
    const input = { repository, name, source, host: host ?? null, target, settings };
    const added = await client.standby.add(input, { signal });
    await cli.output.document(added);
    await cli.output.summary([
      `${name} is a standby of ${source}; \`holdfast standby run ${name}\` brings it up to date.`,
    ]);
    cli.output.note('An engine that stays (`holdfast serve`, or the desktop program) keeps it so by itself.');
    tellSaved(cli.output, added);
    return 0;
  });
}

function change(cli: Cli, name: string, set: readonly string[]): Promise<ExitCode> {
  const settings = settingsOf(set);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const changed = await client.standby.update({ repository, name, settings }, { signal });
    await cli.output.document(changed);
    await cli.output.summary([`The standby ${name} is changed.`]);
    tellSaved(cli.output, changed);
    return 0;
  });
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { standbys } = await client.standby.list({}, { signal });
    await cli.output.document({ standbys });
    if (standbys.length === 0) {
      await cli.output.lines(['There is no standby; see `holdfast standby add --help`.']);
      return 0;
    }
    const titles = ['STANDBY', 'SOURCE', 'STATE', 'SHOWS', 'BEHIND', 'TARGET'].map((title) => ({ title }));
    await cli.output.lines(tableLines(titles, standbys.map(rowOf)));
    return 0;
  });
}

function show(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { standbys } = await client.standby.list({}, { signal });
    const standby = mustFind(standbys, name);
    await cli.output.document(standby);
    await cli.output.lines([name, ...factLines(factsOf(standby))]);
    const { kept, drift } = standby;
    if (kept.length > 0) {
      const titles = [{ title: 'KEPT' }, { title: 'TAKEN' }, { title: '' }];
      const rows = kept.map((one) => [
        one.name,
        localTime(one.takenAt).slice(0, 16),
        one.changed ? 'changed by somebody' : '',
      ]);
      await cli.output.lines(['', ...tableLines(titles, rows)]);
    }
    if (drift !== null) {
      const more = drift.count > drift.first.length ? [`  … and ${drift.count - drift.first.length} more`] : [];
      await cli.output.lines(['', 'Changed by somebody:', ...drift.first.map((line) => `  ${line}`), ...more]);
    }
    return 0;
  });
}

function runNow(cli: Cli, name: string, detach: boolean): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const events = await client.standby.run({ name, repository, detach }, { signal });
    const result: StandbyRunResult = await follow(cli.output, cli.world.nowMs, events);
    await cli.output.document(result);
    await cli.output.summary([
      result.updated
        ? `${name} shows snapshot ${shortId(result.snapshot)} of ${localTime(result.takenAt).slice(0, 16)}: ${result.written} written (${formatBytes(result.writtenBytes)}), ${result.unchanged} as they were.`
        : `${name} shows the newest snapshot, of ${localTime(result.takenAt).slice(0, 16)}.`,
      `It is at ${result.place}.`,
    ]);
    if (result.drift > 0) cli.output.note(`${plural(result.drift, 'thing')} in it had been changed by somebody.`);
    return 0;
  });
}

function confirm(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const standby = await client.standby.confirm({ name }, { signal });
    await cli.output.document(standby);
    await cli.output.summary([`The target of ${name} is its own on this machine; it is kept up to date from now on.`]);
    return 0;
  });
}

function remove(cli: Cli, name: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const saved = await client.standby.remove({ repository, name }, { signal });
    await cli.output.document(saved);
    await cli.output.summary([`The standby ${name} is forgotten; what lies in its target stays.`]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function rowOf(standby: Standby): string[] {
  const { name, source, state, shown, target } = standby;
  return [
    name,
    source,
    standbyWords[state],
    shown === null ? '' : localTime(shown.takenAt).slice(0, 16),
    lagWords(standby),
    placeOf(target),
  ];
}

function factsOf(standby: Standby): [string, string][] {
  const { source, host, target, state, reason, shown, newest, updatedAt, versions, keepChanges, lagLimitMs } = standby;
  const point = (at: Standby['shown']): string =>
    at === null ? 'nothing' : `${localTime(at.takenAt).slice(0, 16)} (snapshot ${shortId(at.snapshot)})`;
  return [
    ['source', host === null ? source : `${source} on ${host}`],
    ['target', placeOf(target)],
    ['state', reason === null ? standbyWords[state] : `${standbyWords[state]}: ${reason}`],
    ['shows', point(shown)],
    ['newest', point(newest)],
    ['behind', lagWords(standby)],
    ['updated', updatedAt === null ? 'never' : localTime(updatedAt).slice(0, 16)],
    ['versions', `${versions} beside the current one`],
    ['changes', keepChanges ? 'kept aside' : 'not kept'],
    ['alert', lagLimitMs === null ? 'never' : `when behind for more than ${formatDuration(lagLimitMs)}`],
  ];
}

function placeOf(target: StandbyTarget): string {
  return target.kind === 'bucket' ? `s3://${target.bucket}/${target.prefix}` : target.path;
}

function mustFind(standbys: readonly Standby[], name: string): Standby {
  const found = standbys.find((one) => one.name === name);
  if (found === undefined) throw new HoldfastError('STANDBY_UNKNOWN', `No standby is called ${name}.`);
  return found;
}
