import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { Delivery, Route, RouteDefinition } from '../../shared/contract/routes.ts';
import { formatDuration } from '../../shared/model/units.ts';
import { collect } from './arguments.ts';
import { localTime } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import {
  applyRouteProperties,
  newRoute,
  routeHelp,
  routeKinds,
  routeSecrets,
  type RouteKindName,
} from './route-properties.ts';
import type { RunCommand } from './run-command.ts';
import { secretValue } from './secret-values.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type Changes = { set?: string[]; secret?: string[] };

export function registerRoutes(program: Command, run: RunCommand): void {
  const routes = program.command('routes').description('where alerts are told: mail, webhooks, health checks');
  routes
    .command('list', { isDefault: true })
    .description('list them, with what became of the last message')
    .action(() => run(list));
  withChanges(
    routes
      .command('add')
      .description('tell alerts another way')
      .addArgument(new Argument('<kind>', 'what it is').choices(routeKinds))
      .requiredOption('--name <name>', 'how it is called'),
  ).action((kind: RouteKindName, options: Changes & { name: string }) => run((cli) => add(cli, kind, options)));
  withChanges(
    routes.command('set').description('change a route; what is not named stays').argument('<route>', 'its name or id'),
  ).action((id: string, options: Changes) => run((cli) => set(cli, id, options)));
  routes
    .command('remove')
    .description('tell nobody this way any more')
    .argument('<route>', 'its name or id')
    .action((id: string) => run((cli) => remove(cli, id)));
  routes
    .command('test')
    .description('send one message now, and say what became of it')
    .argument('<route>', 'its name or id')
    .action((id: string) => run((cli) => test(cli, id)));
  routes
    .command('log')
    .description('list messages and what became of them, newest first')
    .argument('[route]', 'of one route')
    .option('--limit <number>', 'as many as this', limitArgument, 20)
    .action((route: string | undefined, options: { limit: number }) => run((cli) => log(cli, route, options.limit)));
}

function withChanges(command: Command): Command {
  return command
    .option('--set <key=value>', 'a property (repeatable)', collect)
    .option('--secret <key=env:NAME>', 'a secret, taken from an environment variable (repeatable)', collect)
    .addHelpText('after', routeHelp);
}

function limitArgument(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    throw new InvalidArgumentError('It is a number from 1 to 500.');
  return limit;
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { routes } = await client.routes.list({}, { signal });
    await cli.output.document(routes);
    if (routes.length === 0) {
      await cli.output.lines(['Nobody is told of alerts; see `holdfast routes add --help`.']);
      return 0;
    }
    const columns = ['NAME', 'KIND', 'TO', 'LEVEL', 'REMINDS', 'LAST'].map((title) => ({ title }));
    await cli.output.lines(tableLines(columns, routes.map(row)));
    return 0;
  });
}

function row({ name, enabled, target, origin, atLeast, remindEveryMs, last }: Route): string[] {
  const kind =
    target.kind === 'webhook' ? `webhook, ${target.format}` : target.kind === 'healthCheck' ? 'health' : target.kind;
  const to = target.kind === 'mail' ? `${target.to.join(', ')} by ${target.host}` : (origin ?? 'this desktop');
  const reminds =
    target.kind === 'healthCheck' ? '' : remindEveryMs === null ? 'never' : `every ${formatDuration(remindEveryMs)}`;
  const level = target.kind === 'healthCheck' ? '' : atLeast;
  const outcome = last === null ? 'nothing yet' : `${last.state} ${localTime(last.at)}`;
  return [name, kind, to, level, reminds, enabled ? outcome : 'switched off'];
}

function add(
  cli: Cli,
  kind: RouteKindName,
  { name, set: texts = [], secret = [] }: Changes & { name: string },
): Promise<ExitCode> {
  const route = applyRouteProperties(newRoute(kind, name), texts);
  const secrets = routeSecrets(secret.map((text) => secretValue(cli, text)));
  return withEngine(cli, async ({ client, signal }) => {
    const made = await client.routes.add({ route, secrets }, { signal });
    await cli.output.document(made);
    await cli.output.summary([`Alerts are told by ${made.name}. Try it: holdfast routes test "${made.name}"`]);
    return 0;
  });
}

function set(cli: Cli, id: string, { set: texts = [], secret = [] }: Changes): Promise<ExitCode> {
  if (texts.length + secret.length === 0) throw badUsage('Name what changes, with --set or --secret.');
  const secrets = routeSecrets(secret.map((text) => secretValue(cli, text)));
  return withEngine(cli, async ({ client, signal }) => {
    const { routes } = await client.routes.list({}, { signal });
    const found = routes.find((one) => one.id === id || one.name === id);
    if (found === undefined) throw badUsage(`Alerts are not told by a route ${id}; see \`holdfast routes\`.`);
    const route = applyRouteProperties(definitionOf(found), texts);
    const changed = await client.routes.update({ id: found.id, route, secrets }, { signal });
    await cli.output.document(changed);
    await cli.output.summary([`${changed.name} is changed.`]);
    return 0;
  });
}

function definitionOf({ name, enabled, target, atLeast, remindEveryMs, timeoutMs, retries }: Route): RouteDefinition {
  return { name, enabled, target, atLeast, remindEveryMs, timeoutMs, retries };
}

function remove(cli: Cli, id: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    await cli.output.document(await client.routes.remove({ id }, { signal }));
    await cli.output.summary([`Nobody is told by ${id} any more.`]);
    return 0;
  });
}

/** 1 where it did not arrive. */
function test(cli: Cli, id: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const delivery = await client.routes.test({ id }, { signal });
    await cli.output.document(delivery);
    if (delivery.state === 'sent') {
      await cli.output.summary(['The message was taken.']);
      return 0;
    }
    await cli.output.lines([`The message could not be delivered. ${delivery.problem ?? ''}`]);
    return 1;
  });
}

function log(cli: Cli, route: string | undefined, limit: number): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { deliveries } = await client.routes.deliveries(
      { limit, ...(route === undefined ? {} : { route }) },
      { signal },
    );
    const { routes } = await client.routes.list({}, { signal });
    await cli.output.document(deliveries);
    if (deliveries.length === 0) {
      await cli.output.lines(['No message was sent so far.']);
      return 0;
    }
    const names = new Map(routes.map(({ id, name }) => [id, name]));
    const columns = ['AT', 'ROUTE', 'KIND', 'ALERT', 'STATE', 'TRIED', 'WHY'].map((title) => ({ title }));
    await cli.output.lines(
      tableLines(
        columns,
        deliveries.map((one) => logRow(one, names)),
      ),
    );
    return 0;
  });
}

function logRow(
  { at, route, kind, alert, state, attempts, nextAt, problem }: Delivery,
  names: ReadonlyMap<string, string>,
): string[] {
  const stands = nextAt === null ? state : `${state} until ${localTime(nextAt)}`;
  return [
    localTime(at),
    names.get(route) ?? route,
    kind,
    alert?.slice(0, 8) ?? '',
    stands,
    String(attempts),
    problem ?? '',
  ];
}
