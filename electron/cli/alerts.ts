import { InvalidArgumentError, type Command } from 'commander';
import type { Alert } from '../../shared/contract/alerts.ts';
import { parseDuration } from '../../shared/model/units.ts';
import { localTime, plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

export function registerAlerts(program: Command, run: RunCommand): void {
  const alerts = program.command('alerts').description('what somebody has to know: see it, say that you see to it');
  alerts
    .command('list', { isDefault: true })
    .description('list what is open, worst first; the exit code is 3 where something needs somebody')
    .option('--resolved', 'what is over, newest first')
    .option('--limit <number>', 'as many of those as this', limitArgument, 20)
    .action((options: { resolved?: boolean; limit: number }) => run((cli) => list(cli, options)));
  alerts
    .command('show')
    .description('say all there is about one')
    .argument('<alert>', 'its id, or the beginning of it', idArgument)
    .action((id: string) => run((cli) => show(cli, id)));
  alerts
    .command('acknowledge')
    .alias('ack')
    .description('say that you see to it: no reminders, one message at its end')
    .argument('<alert>', 'its id, or the beginning of it', idArgument)
    .action((id: string) => run((cli) => change(cli, 'acknowledge', id, 'is acknowledged: nobody is reminded of it.')));
  alerts
    .command('snooze')
    .description('no reminders for a while, then one')
    .argument('<alert>', 'its id, or the beginning of it', idArgument)
    .requiredOption('--for <duration>', 'such as 2h or 1d', durationArgument)
    .action((id: string, options: { for: number }) => run((cli) => snooze(cli, id, options.for)));
  alerts
    .command('reopen')
    .description('take back an acknowledgement or a snooze')
    .argument('<alert>', 'its id, or the beginning of it', idArgument)
    .action((id: string) => run((cli) => change(cli, 'reopen', id, 'is open as if nobody had seen it.')));
  alerts
    .command('resolve')
    .description('put aside something that happened, as a failed run; what simply is so ends by itself')
    .argument('<alert>', 'its id, or the beginning of it', idArgument)
    .action((id: string) => run((cli) => change(cli, 'resolve', id, 'is put aside.')));
}

function limitArgument(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new InvalidArgumentError('It is a number from 1 to 1000.');
  return limit;
}

function idArgument(text: string): string {
  if (/^[0-9a-f]{4,16}$/.test(text)) return text;
  throw new InvalidArgumentError('An alert is named by 4 to 16 of the digits 0 to f.');
}

function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms <= 0) throw new InvalidArgumentError('It is a duration such as 30m, 2h or 1d.');
  return ms;
}

/** 3 where an open one is neither acknowledged nor snoozed. */
function list(cli: Cli, { resolved = false, limit }: { resolved?: boolean; limit: number }): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.alerts.list({ resolved, ...(resolved ? { limit } : {}) }, { signal });
    const { alerts } = found;
    await cli.output.document(found);
    if (alerts.length === 0) {
      await cli.output.lines([resolved ? 'No alert was resolved so far.' : 'Nothing needs anybody.']);
      return 0;
    }
    const columns = ['ALERT', 'LEVEL', resolved ? 'RESOLVED' : 'RAISED', 'WHAT', ''].map((title) => ({ title }));
    await cli.output.lines(tableLines(columns, alerts.map(row)));
    if (found.more) cli.output.note(resolved ? 'There are older ones.' : `${found.total ?? ''} are open in all.`);
    const needs = alerts.filter(({ acknowledged, snoozed }) => acknowledged === null && snoozed === null).length;
    if (resolved || needs === 0) return 0;
    await cli.output.summary([`${plural(needs, 'alert')} nobody sees to yet.`]);
    return 3;
  });
}

function row(alert: Alert): string[] {
  const { id, level, raisedAt, resolved, title } = alert;
  return [id.slice(0, 8), level, localTime(resolved?.at ?? raisedAt), title, standing(alert)];
}

function standing({ acknowledged, snoozed, resolved }: Alert): string {
  if (resolved !== null) return resolved.by === null ? 'by itself' : `by ${resolved.by}`;
  if (acknowledged !== null) return `acknowledged by ${acknowledged.by}`;
  return snoozed === null ? '' : `snoozed until ${localTime(snoozed.until)} by ${snoozed.by}`;
}

function show(cli: Cli, id: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const open = await client.alerts.list({}, { signal });
    const over = await client.alerts.list({ resolved: true }, { signal });
    const [alert, second] = [...open.alerts, ...over.alerts].filter((one) => one.id.startsWith(id));
    if (alert === undefined) throw badUsage(`No alert begins with ${id}.`);
    if (second !== undefined) throw badUsage(`Several alerts begin with ${id}.`);
    await cli.output.document(alert);
    const stands = standing(alert);
    await cli.output.lines([
      alert.title,
      alert.detail,
      '',
      `What to do: ${alert.todo}`,
      `Raised ${localTime(alert.raisedAt)}${alert.resolved === null ? '' : `, resolved ${localTime(alert.resolved.at)}`}${stands === '' ? '' : ` (${stands})`}. Level: ${alert.level}. Alert ${alert.id}.`,
    ]);
    return 0;
  });
}

function snooze(cli: Cli, id: string, forMs: number): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const until = new Date(cli.world.nowMs() + forMs).toISOString();
    const alert = await client.alerts.snooze({ id, until }, { signal });
    await cli.output.document(alert);
    await cli.output.summary([`“${alert.title}” is snoozed until ${localTime(until)}.`]);
    return 0;
  });
}

function change(cli: Cli, what: 'acknowledge' | 'reopen' | 'resolve', id: string, words: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const alert = await client.alerts[what]({ id }, { signal });
    await cli.output.document(alert);
    await cli.output.summary([`“${alert.title}” ${words}`]);
    return 0;
  });
}
