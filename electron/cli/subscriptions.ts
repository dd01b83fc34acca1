import { Option, type Command } from 'commander';
import type { ReportLetter, Subscription } from '../../shared/contract/reports.ts';
import type { ReportName } from '../../shared/model/reports/document.ts';
import { reportFormats, type ReportFormat } from '../../shared/model/reports/formats.ts';
import { parseRule, ruleForms, ruleWords } from '../../shared/model/rule-words.ts';
import {
  recipientWords,
  scopeWords,
  type Recipient,
  type SubscriptionDefinition,
} from '../../shared/model/subscriptions.ts';
import { formatBytes } from '../../shared/model/units.ts';
import { collect } from './arguments.ts';
import { localTime, plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { reportArgument, scopeOf, type ScopeOptions } from './reports.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type Given = ScopeOptions & {
  readonly report?: ReportName[];
  readonly mail?: string;
  readonly via?: string;
  readonly route?: string;
  readonly when?: string;
  readonly zone?: string;
  readonly period?: string;
  readonly format?: ReportFormat;
  readonly quiet?: string;
};

export function registerSubscriptions(program: Command, run: RunCommand): void {
  const subscription = program
    .command('subscription')
    .description('send reports to people and programs, by a schedule');
  given(
    subscription
      .command('add')
      .description('send reports to an address, or by a route of alerts')
      .argument('<name>', 'what it is called; it is the subject of the mail'),
  ).action((name: string, options: Given) => run((cli) => add(cli, name, options)));
  given(
    subscription
      .command('set')
      .description('change a subscription; what is not named stays as it is')
      .argument('<name>', 'what it is called'),
  ).action((name: string, options: Given) => run((cli) => set(cli, name, options)));
  subscription
    .command('list', { isDefault: true })
    .description('list subscriptions: what goes to whom, when, and what became of it last')
    .action(() => run(list));
  for (const test of [true, false])
    subscription
      .command(test ? 'test' : 'send')
      .description(test ? 'send it now, as a test' : 'send it now')
      .argument('<name>', 'what it is called')
      .action((name: string) => run((cli) => send(cli, name, test)));
  subscription
    .command('suspend')
    .description('send nothing by it until a moment, or until it is resumed')
    .argument('<name>', 'what it is called')
    .option('--until <time>', 'as 2026-12-24 or 2026-12-24T08:00Z')
    .action((name: string, { until }: { until?: string }) => run((cli) => suspend(cli, name, until)));
  subscription
    .command('resume')
    .description('send it again from its next time on')
    .argument('<name>', 'what it is called')
    .action((name: string) => run((cli) => resume(cli, name)));
  subscription
    .command('remove')
    .description('send nothing by it any more, and forget it')
    .argument('<name>', 'what it is called')
    .action((name: string) => run((cli) => remove(cli, name)));
  subscription
    .command('log')
    .description('list letters that wait and those that are over, newest first')
    .argument('[name]', 'of this subscription only')
    .option('--limit <number>', 'as many as this', '50')
    .action((name: string | undefined, { limit }: { limit: string }) => run((cli) => log(cli, name, limit)));
  subscription
    .command('flush')
    .description('try what waits now; or, with --drop, do not send it')
    .option('--drop', 'take it out of the queue')
    .action(({ drop = false }: { drop?: boolean }) => run((cli) => flush(cli, drop)));
}

function given(command: Command): Command {
  return command
    .option('--report <report>', 'which (repeatable), see `holdfast report list`', collectReports)
    .option('--mail <address>', 'to this address')
    .option('--via <route>', 'by the mail server of this route of alerts (see `holdfast routes`)')
    .option('--route <route>', 'to whoever this route of alerts leads to, in place of an address')
    .option('--when <rule>', `when: ${ruleForms}; or never: only when it is asked for`)
    .option('--zone <zone>', 'time zone, as Europe/Berlin; or machine')
    .option('--period <period>', 'what the reports are about, as last-7-days, yesterday or last-month')
    .addOption(new Option('--format <format>', 'of the files').choices(reportFormats))
    .option('--source <name>', 'of this source only (repeatable)', collect)
    .option('--tag <tag>', 'of sources with this tag only (repeatable)', collect)
    .option('--quiet <times>', 'send nothing between these times of day, as 22:00-06:00; or none');
}

function collectReports(text: string, before: readonly ReportName[] = []): ReportName[] {
  return [...before, reportArgument(text)];
}

function add(cli: Cli, name: string, options: Given): Promise<ExitCode> {
  const { report } = options;
  if (report === undefined) throw badUsage('Which reports is not said: give --report.');
  const to = recipientOf(options);
  if (to === null) throw badUsage('To whom is not said: give --mail with --via, or --route.');
  const definition = changed(
    {
      name,
      to,
      reports: report,
      of: { kind: 'all' },
      period: 'last-7-days',
      format: 'pdf',
      when: null,
      zone: null,
      quiet: null,
      suspended: null,
    },
    options,
  );
  return withRepository(cli, async ({ client, signal, repository }) => {
    const added = await client.subscriptions.add({ repository, subscription: definition }, { signal });
    await cli.output.document(added);
    await cli.output.summary([`${name}: ${planWords(added.subscription)}.`]);
    cli.output.note('An engine that stays (`holdfast serve`, or the desktop program) sends it.');
    tellSaved(cli.output, added);
    return 0;
  });
}

function set(cli: Cli, name: string, options: Given): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { subscriptions } = await client.subscriptions.list({}, { signal });
    const before = subscriptions.find((one) => one.name === name);
    if (before === undefined) throw badUsage(`There is no subscription called ${name}.`);
    const { to, reports, of, period, format, when, zone, quiet, suspended } = before;
    const definition = changed({ name, to, reports, of, period, format, when, zone, quiet, suspended }, options);
    const answer = await client.subscriptions.update({ repository, subscription: definition }, { signal });
    await cli.output.document(answer);
    await cli.output.summary([`${name}: ${planWords(answer.subscription)}.`]);
    tellSaved(cli.output, answer);
    return 0;
  });
}

function changed(before: SubscriptionDefinition, options: Given): SubscriptionDefinition {
  const { report, when, zone, period, format, quiet, source, tag } = options;
  const isScoped = source !== undefined || tag !== undefined;
  return {
    ...before,
    to: recipientOf(options) ?? before.to,
    ...(report === undefined ? {} : { reports: report }),
    ...(isScoped ? { of: scopeOf(options) } : {}),
    ...(when === undefined ? {} : { when: ruleIn(when) }),
    ...(zone === undefined ? {} : { zone: zone === 'machine' ? null : zone }),
    ...(period === undefined ? {} : { period }),
    ...(format === undefined ? {} : { format }),
    ...(quiet === undefined ? {} : { quiet: quietIn(quiet) }),
  };
}

/** Null where none is named. */
function recipientOf({ mail, via, route }: Given): Recipient | null {
  if (route !== undefined && (mail !== undefined || via !== undefined))
    throw badUsage('It goes to an address, or by a route: not both.');
  if (route !== undefined) return { kind: 'route', route };
  if (mail === undefined && via === undefined) return null;
  if (mail === undefined || via === undefined)
    throw badUsage('An address needs the mail server of a route, and the other way round: give --mail and --via.');
  return { kind: 'mail', address: mail, via };
}

function ruleIn(text: string): SubscriptionDefinition['when'] {
  if (text === 'never') return null;
  const rule = parseRule(text);
  if (rule === null) throw badUsage(`${text} is no rule. One is ${ruleForms}, or never.`);
  return rule;
}

function quietIn(text: string): SubscriptionDefinition['quiet'] {
  if (text === 'none') return null;
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) throw badUsage(`${text} is no time; one is 22:00-06:00, or none.`);
  return { from, to };
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.subscriptions.list({}, { signal });
    await cli.output.document(found);
    const { subscriptions } = found;
    if (subscriptions.length === 0) {
      await cli.output.lines(['There is no subscription; see `holdfast subscription add --help`.']);
      return 0;
    }
    const titles = ['SUBSCRIPTION', 'TO', 'REPORTS', 'WHEN', 'NEXT', 'LAST'].map((title) => ({ title }));
    await cli.output.lines(tableLines(titles, subscriptions.map(rowOf)));
    for (const { name, problem } of subscriptions) if (problem !== null) cli.output.note(`${name}: ${problem}`);
    return 0;
  });
}

function rowOf(one: Subscription): string[] {
  const { name, to, reports, when, nextAt, last, suspended } = one;
  const next = suspended !== null ? 'suspended' : nextAt === null ? '-' : localTime(nextAt).slice(0, 16);
  const came =
    last === null ? '-' : `${last.state}${last.endedAt === null ? '' : ` ${localTime(last.endedAt).slice(0, 16)}`}`;
  return [name, recipientWords(to), reports.join(', '), when === null ? 'when asked for' : ruleWords(when), next, came];
}

function planWords({ to, reports, of, when, format, nextAt }: Subscription): string {
  const time =
    when === null
      ? 'when it is asked for'
      : `${ruleWords(when)}, next ${nextAt === null ? 'never' : localTime(nextAt)}`;
  return `${reports.join(', ')} of ${scopeWords(of).toLowerCase()} as ${format} to ${recipientWords(to)}, ${time}`;
}

/** 1 where it did not arrive. */
function send(cli: Cli, name: string, test: boolean): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const letter = await client.subscriptions.send({ name, test }, { signal });
    await cli.output.document(letter);
    const { state, to, problem, bytes } = letter;
    if (state === 'sent') {
      await cli.output.summary([`Sent to ${to}${bytes === null ? '' : `, ${formatBytes(bytes)}`}.`]);
      return 0;
    }
    await cli.output.lines([`It did not arrive at ${to}: ${problem ?? 'nobody knows why.'}`]);
    return 1;
  });
}

function suspend(cli: Cli, name: string, until: string | undefined): Promise<ExitCode> {
  const endMs = until === undefined ? null : Date.parse(until);
  if (endMs !== null && Number.isNaN(endMs)) throw badUsage(`${until ?? ''} is no time.`);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const end = endMs === null ? null : new Date(endMs).toISOString();
    const answer = await client.subscriptions.suspend({ repository, name, until: end }, { signal });
    await cli.output.document(answer);
    await cli.output.summary([`${name} is suspended until ${end === null ? 'it is resumed' : localTime(end)}.`]);
    tellSaved(cli.output, answer);
    return 0;
  });
}

function resume(cli: Cli, name: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const answer = await client.subscriptions.resume({ repository, name }, { signal });
    await cli.output.document(answer);
    await cli.output.summary([`${name}: ${planWords(answer.subscription)}.`]);
    tellSaved(cli.output, answer);
    return 0;
  });
}

function remove(cli: Cli, name: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const answer = await client.subscriptions.remove({ repository, name }, { signal });
    await cli.output.document(answer);
    await cli.output.summary([`The subscription ${name} is removed.`]);
    tellSaved(cli.output, answer);
    return 0;
  });
}

function log(cli: Cli, name: string | undefined, limit: string): Promise<ExitCode> {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > 500) throw badUsage('--limit is a number from 1 to 500.');
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.subscriptions.log({ limit: most, ...(name === undefined ? {} : { name }) }, { signal });
    await cli.output.document(found);
    if (found.letters.length === 0) {
      await cli.output.lines(['Nothing was sent yet.']);
      return 0;
    }
    const titles = ['LETTER', 'AT', 'TO', 'SUBSCRIPTIONS', 'STATE', 'TRIES', 'PROBLEM'].map((title) => ({ title }));
    await cli.output.lines(tableLines(titles, found.letters.map(letterRow)));
    if (found.more) cli.output.note('There are older ones: give a larger --limit.');
    return 0;
  });
}

function letterRow({
  id,
  at,
  to,
  subscriptions,
  kind,
  late,
  state,
  attempts,
  problem,
  nextAt,
}: ReportLetter): string[] {
  const what = `${state}${kind === 'test' ? ' (test)' : ''}${late ? ' (late)' : ''}`;
  const next = nextAt === null || attempts === 0 ? '' : ` Tried again ${localTime(nextAt).slice(0, 16)}.`;
  const time = localTime(at).slice(0, 16);
  return [id.slice(0, 8), time, to, subscriptions.join(', '), what, String(attempts), `${problem ?? ''}${next}`];
}

function flush(cli: Cli, drop: boolean): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const answer = await client.subscriptions.flush({ drop }, { signal });
    await cli.output.document(answer);
    await cli.output.summary([
      drop
        ? `${plural(answer.letters, 'letter')} taken out of the queue.`
        : `${plural(answer.letters, 'letter')} will be tried now by the engine that stays.`,
    ]);
    return 0;
  });
}
