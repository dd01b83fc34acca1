import { InvalidArgumentError, type Command } from 'commander';
import type { SyncItem, SyncResult } from '../../shared/contract/sync.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { windowWait } from '../../shared/model/sync-queue.ts';
import { formatBytes, formatDuration, parseDuration } from '../../shared/model/units.ts';
import { collect, countArgument, sourceArgument } from './arguments.ts';
import { localTime, plural, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, nameIssues } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, withRepository, type Cli, type EngineSession } from './session.ts';
import { registerSyncRules } from './sync-rules.ts';
import { tableLines } from './table.ts';

type RunOptions = {
  readonly to?: string;
  readonly snapshot?: string[];
  readonly source?: string;
  readonly priority?: number;
  readonly now?: boolean;
  readonly detach?: boolean;
};
type Which = { readonly site?: string; readonly item?: string[] };
type PauseOptions = Which & { readonly for?: number; readonly reason: string };
type HistoryOptions = { readonly site?: string; readonly source?: string; readonly limit: number };

export function registerSync(program: Command, run: RunCommand): void {
  const sync = program.command('sync').description('keep copies of snapshots at sites');
  sync
    .command('run')
    .description('send what the rules ask for; to a site that is named with --to and has no rules, everything')
    .option('--to <site>', 'to one site; to all by default')
    .option('--snapshot <id>', 'these, before others (repeatable)', collect)
    .option('--source <name>', 'those of one source', sourceArgument)
    .option('--priority <number>', '0 to 9, the lower goes first', priorityArgument)
    .option('--now', 'without waiting for a window')
    .option('--detach', 'let the engine go on with it')
    .action((options: RunOptions) => run((cli) => runSync(cli, options)));
  sync
    .command('queue')
    .description('list what is to be sent, in its order')
    .option('--site <name>', 'to one site')
    .action((options: { site?: string }) => run((cli) => queue(cli, options.site)));
  sync
    .command('status')
    .description('say how far sites are behind, and what they wait for')
    .action(() => run(status));
  sync
    .command('history')
    .description('list what was sent, newest first')
    .option('--site <name>', 'to one site')
    .option('--source <name>', 'of one source', sourceArgument)
    .option('--limit <number>', 'as many as this', countArgument, 20)
    .action((options: HistoryOptions) => run((cli) => history(cli, options)));
  const which = (command: Command): Command =>
    command.option('--site <name>', 'a whole site').option('--item <id>', 'of the queue (repeatable)', collect);
  which(sync.command('pause').description('let a site or items of the queue wait; what is being sent stops at once'))
    .option('--for <duration>', 'a site, such as 2h or 1d; without it until `holdfast sync resume`', durationArgument)
    .option('--reason <text>', 'why, for whoever finds it later', '')
    .action((options: PauseOptions) => run((cli) => pause(cli, options)));
  which(sync.command('resume').description('end a pause')).action((options: Which) =>
    run((cli) => resume(cli, options)),
  );
  sync
    .command('priority')
    .description('change who goes first; what goes first by now interrupts what does not')
    .argument('<number>', '0 to 9, the lower goes first', priorityArgument)
    .argument('<item...>', 'ids of the queue')
    .action((priority: number, items: string[]) =>
      run((cli) => change(cli, items, (session, ids) => session.client.sync.setPriority({ items: ids, priority }))),
    );
  sync
    .command('retry')
    .description('try items of the queue again at once')
    .argument('<item...>', 'ids of the queue')
    .action((items: string[]) =>
      run((cli) => change(cli, items, (session, ids) => session.client.sync.retry({ items: ids }))),
    );
  sync
    .command('drop')
    .description('take items out of the queue; rules do not ask for them again')
    .argument('<item...>', 'ids of the queue')
    .action((items: string[]) =>
      run((cli) => change(cli, items, (session, ids) => session.client.sync.drop({ items: ids }))),
    );
  registerSyncRules(sync, run);
}

function priorityArgument(text: string): number {
  if (/^\d$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A priority is a number from 0 to 9.');
}

function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms <= 0) throw new InvalidArgumentError('It is a duration such as 30m, 2h or 1d.');
  return ms;
}

function runSync(cli: Cli, options: RunOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { to = null, snapshot = [], source, priority, now = false, detach = false } = options;
    const input = {
      repository,
      to,
      snapshots: snapshot,
      now,
      detach,
      ...(source === undefined ? {} : { source }),
      ...(priority === undefined ? {} : { priority }),
    };
    const { output, world } = cli;
    const result = await follow<SyncResult>(output, world.monotonicMs, await client.sync.run(input, { signal }));
    await output.document(result);
    if (detach) await output.summary(['It is in the queue; the engine goes on with it.']);
    else if (result.sites.length === 0) await output.summary(await nothingLines(client, to));
    else await output.summary(result.sites.map(siteLine));
    for (const { site, problem } of result.sites)
      if (problem !== null) nameIssues(output, [{ path: site, code: problem.code, message: problem.message }]);
    if (!detach) for (const line of waitingNotes(result, now)) output.note(line);
    return exitCodeOf(result);
  });
}

/** A site that no rule fills gets nothing without being named, and is not to pass for one that has everything. */
async function nothingLines(client: EngineSession['client'], to: string | null): Promise<string[]> {
  const [{ sites }, { rules }] = await Promise.all([client.sites.list({}), client.sync.rules({})]);
  const unfilled = sites.filter(
    ({ name, enabled }) => enabled && to === null && !rules.some((rule) => rule.to === name),
  );
  return [
    unfilled.length === 0 ? 'Nothing is to be sent.' : 'No rule asks for anything to be sent.',
    ...unfilled.map(
      ({ name }) =>
        `No rule sends to ${name}: \`holdfast sync run --to "${name}"\` sends everything once, \`holdfast sync rule add --to "${name}"\` does so from now on.`,
    ),
  ];
}

/** What can be done about what still waits, and why this did not end with 0; empty where nothing does. */
function waitingNotes({ sites }: SyncResult, now: boolean): readonly string[] {
  const waiting = sites.filter((site) => site.waiting > 0);
  if (waiting.length === 0) return [];
  const closed = waiting.filter(({ waitsFor }) => waitsFor?.startsWith(windowWait) === true);
  return [
    ...(now ? [] : closed.map(({ site }) => `To send now, without waiting: holdfast sync run --to "${site}" --now`)),
    'Exit code 3: not all that was asked for is there yet. It stays in the queue, and goes by itself where an engine stays.',
  ];
}

function siteLine({
  site,
  sent,
  skipped,
  failed,
  waiting,
  waitsFor,
  figures,
  expired,
}: SyncResult['sites'][number]): string {
  if (sent + skipped + failed + expired === 0 && waiting > 0) {
    return `${site}: nothing was sent. ${plural(waiting, 'snapshot')} ${waiting === 1 ? 'waits' : 'wait'}${waitWords(waitsFor)}.`;
  }
  const parts = [
    `${plural(sent, 'snapshot')} sent`,
    `${formatBytes(figures.sentBytes)} new, ${formatBytes(figures.sentNetBytes)} on the way`,
    ...(skipped === 0 ? [] : [`${skipped} not worth it`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(waiting === 0 ? [] : [`${waiting} waiting${waitWords(waitsFor)}`]),
    ...(expired === 0 ? [] : [`${expired} expired there`]),
  ];
  return `${site}: ${parts.join(', ')}.`;
}

/** Times as on the clocks of whoever reads it. */
function waitWords(waitsFor: string | null): string {
  if (waitsFor === null) return '';
  return ` for ${waitsFor.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/u, (at) => localTime(at).slice(0, 16))}`;
}

/** Partial where something is not there that was asked for. */
function exitCodeOf({ sites }: SyncResult): ExitCode {
  const bad = sites.filter(({ problem, failed, waiting }) => problem !== null || failed > 0 || waiting > 0);
  if (bad.length === 0) return 0;
  return bad.length === sites.length && sites.every(({ sent, problem }) => sent === 0 && problem !== null) ? 1 : 3;
}

function queue(cli: Cli, site: string | undefined): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.sync.queue(site === undefined ? {} : { site }, { signal });
    await cli.output.document(found);
    if (found.items.length === 0) await cli.output.lines(['Nothing is to be sent.']);
    else await cli.output.lines(tableLines(itemColumns, found.items.map(itemRow)));
    if (found.total > found.items.length) cli.output.note(`${found.total - found.items.length} more.`);
    if (!found.active && found.items.length > 0)
      cli.output.note('Nothing is sent by itself here: neither `holdfast serve` nor the desktop console is running.');
    return 0;
  });
}

function history(cli: Cli, { site, source, limit }: HistoryOptions): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const query = { limit, ...(site === undefined ? {} : { site }), ...(source === undefined ? {} : { source }) };
    const { items, more } = await client.sync.history(query, { signal });
    await cli.output.document(items);
    const columns = ['ENDED', 'SITE', 'SOURCE', 'SNAPSHOT', 'STATE', 'TIME', 'CHECKED', 'SENT', 'NET', 'TRIES', ''];
    const rows = items.map((item) => [
      item.endedAt === null ? '' : localTime(item.endedAt).slice(0, 16),
      item.site,
      item.source,
      shortId(item.snapshot),
      item.state,
      item.startedAt === null || item.endedAt === null
        ? ''
        : formatDuration(Math.max(0, Date.parse(item.endedAt) - Date.parse(item.startedAt))),
      item.figures === null ? '' : formatBytes(item.figures.checkedBytes),
      item.figures === null ? '' : formatBytes(item.figures.sentBytes),
      item.figures === null ? '' : formatBytes(item.figures.sentNetBytes),
      String(item.attempts),
      item.note ?? item.error?.message ?? '',
    ]);
    if (items.length === 0) await cli.output.lines(['Nothing was sent yet.']);
    else
      await cli.output.lines(
        tableLines(
          columns.map((title) => ({ title })),
          rows,
        ),
      );
    if (more) cli.output.note('There is more; see --limit.');
    return 0;
  });
}

/** 3 where a site is behind, has failed items or does not answer. */
function status(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { sites } = await client.sites.list({}, { signal });
    const rows = sites.flatMap(({ name, state, lag, waiting, failed, enabled }) =>
      (lag.length === 0 ? [null] : lag).map((one) => [
        name,
        enabled ? state : 'disabled',
        one?.source ?? '',
        one === null || one.newestAt === null ? '' : lagWords(one.lagMs),
        String(waiting),
        String(failed),
      ]),
    );
    await cli.output.document(
      sites.map(({ name, state, enabled, problem, waiting, failed, lag, seenAt }) => ({
        name,
        state,
        enabled,
        problem,
        waiting,
        failed,
        lag,
        seenAt,
      })),
    );
    const titles = ['SITE', 'STATE', 'SOURCE', 'BEHIND', 'WAITING', 'FAILED'].map((title) => ({ title }));
    if (sites.length === 0) await cli.output.lines(['No site is known; see `holdfast site add --help`.']);
    else await cli.output.lines(tableLines(titles, rows));
    const isBehind = sites.some(
      ({ enabled, failed, state, lag }) =>
        enabled && (failed > 0 || state === 'unreachable' || lag.some(({ behindSince }) => behindSince !== null)),
    );
    return isBehind ? 3 : 0;
  });
}

function lagWords(lagMs: number | null): string {
  if (lagMs === null) return 'nothing sent yet';
  return lagMs === 0 ? 'not behind' : formatDuration(lagMs);
}

const itemColumns = ['ITEM', 'SITE', 'SOURCE', 'TAKEN', 'SNAPSHOT', 'STATE', 'PRIORITY', 'TRIES', ''].map((title) => ({
  title,
}));

function itemRow(item: SyncItem): string[] {
  const next = item.nextAt === null ? '' : `again at ${localTime(item.nextAt)}`;
  return [
    shortId(item.id),
    item.site,
    item.source,
    localTime(item.takenAt).slice(0, 16),
    shortId(item.snapshot),
    item.state,
    String(item.priority),
    String(item.attempts),
    [next, item.error?.message ?? item.note ?? ''].filter((part) => part !== '').join(': '),
  ];
}

function pause(cli: Cli, { site: named, item = [], for: forMs, reason }: PauseOptions): Promise<ExitCode> {
  const site = named ?? null;
  const until = forMs === undefined ? null : new Date(cli.world.nowMs() + forMs).toISOString();
  return change(cli, mustName(site, item), (session, items) =>
    session.client.sync.pause({ site, items, until, reason }),
  );
}

function resume(cli: Cli, { site: named, item = [] }: Which): Promise<ExitCode> {
  const site = named ?? null;
  return change(cli, mustName(site, item), (session, items) => session.client.sync.resume({ site, items }));
}

function mustName(site: string | null, items: readonly string[]): readonly string[] {
  if (site === null && items.length === 0) throw badUsage('Name a --site, or items of the queue with --item.');
  return items;
}

function change(
  cli: Cli,
  beginnings: readonly string[],
  call: (session: EngineSession, ids: string[]) => Promise<{ items: SyncItem[] }>,
): Promise<ExitCode> {
  return withEngine(cli, async (session) => {
    const { items } = await call(session, await resolveItems(session, beginnings));
    await cli.output.document(items);
    if (items.length > 0) await cli.output.summary(tableLines(itemColumns, items.map(itemRow)));
    else await cli.output.summary(['Done.']);
    return 0;
  });
}

/** The beginning of an id is enough where it means one item. */
async function resolveItems({ client, signal }: EngineSession, beginnings: readonly string[]): Promise<string[]> {
  if (beginnings.length === 0) return [];
  const { items } = await client.sync.queue({ limit: 5000 }, { signal });
  return beginnings.map((beginning) => {
    const found = items.filter(({ id }) => id.startsWith(beginning));
    const [one, second] = found;
    if (one === undefined || second !== undefined)
      throw new HoldfastError('SYNC_ITEM_UNKNOWN', `${found.length} items of the queue begin with ${beginning}.`);
    return one.id;
  });
}
