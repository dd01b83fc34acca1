import { InvalidArgumentError, type Command } from 'commander';
import type { StoredPlace } from '../../shared/contract/storage.ts';
import type { Pause, ProtectionRun, SourcePlan } from '../../shared/contract/schedule.ts';
import { configurationLimits } from '../../shared/model/configuration.ts';
import { byFreshness, freshnessOf, freshnessWords, type Freshness } from '../../shared/model/freshness.ts';
import { formatBytes, formatDuration, parseDuration } from '../../shared/model/units.ts';
import { sourceArgument } from './arguments.ts';
import { localTime, plural, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

export function registerSchedule(program: Command, run: RunCommand): void {
  program
    .command('status')
    .description('say whether all sources are as fresh as they must be, worst first')
    .action(() => run(status));
  program
    .command('run')
    .description('run what is due now, and end: for cron and systemd timers')
    .requiredOption('--due', 'what the profiles of sources say is due')
    .option('--dry-run', 'only say what is due')
    .action((options: { dryRun?: boolean }) => run((cli) => runDue(cli, options.dryRun === true)));
  program
    .command('runs')
    .description('list the runs of protection, newest first')
    .option('--source <name>', 'of one source', sourceArgument)
    .option('--limit <number>', 'as many as this', limitArgument, 20)
    .action((options: { source?: string; limit: number }) => run((cli) => runs(cli, options)));
  program
    .command('pause')
    .description('begin no runs by themselves, of one source or of all')
    .argument('[source]', 'name of the source; without it everything pauses', sourceArgument)
    .option('--for <duration>', 'such as 2h or 1d; without it until `holdfast resume`', durationArgument)
    .option('--reason <text>', 'why, for whoever finds it later', reasonArgument, '')
    .action((source: string | undefined, options: { for?: number; reason: string }) =>
      run((cli) => pause(cli, source, options)),
    );
  program
    .command('resume')
    .description('end a pause')
    .argument('[source]', 'name of the source; without it the pause of everything', sourceArgument)
    .action((source: string | undefined) => run((cli) => resume(cli, source)));
  const clock = program
    .command('clock')
    .description('say whether the clock of this machine is believed: snapshots expire by it');
  clock
    .command('show', { isDefault: true })
    .description('look at it')
    .action(() => run((cli) => clockCommand(cli, false)));
  clock
    .command('confirm')
    .description('say that it is right as it is now')
    .action(() => run((cli) => clockCommand(cli, true)));
}

function limitArgument(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new InvalidArgumentError('It is a number from 1 to 1000.');
  return limit;
}

function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms <= 0) throw new InvalidArgumentError('It is a duration such as 30m, 2h or 1d.');
  return ms;
}

function reasonArgument(text: string): string {
  const limit = configurationLimits.reasonLength;
  if (text.length > limit) throw new InvalidArgumentError(`A reason has ${limit} characters at most.`);
  return text;
}

type Judged = { readonly plan: SourcePlan; readonly freshness: Freshness };

/** 0 where all that has a limit is within it; 3 where something is not, or was never protected. */
function status(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const now = cli.world.nowMs();
    const found = await client.schedule.plan({}, { signal });
    const judged = found.sources
      .map((plan): Judged => ({ plan, freshness: freshnessOfPlan(plan, now) }))
      .toSorted((a, b) => byFreshness(a.freshness, b.freshness));
    await cli.output.document({
      ...found,
      sources: judged.map(({ plan, freshness }) => ({ ...plan, freshness: freshness.state })),
    });
    if (judged.length === 0) {
      await cli.output.lines(['No source is registered; see `holdfast source add --help`.']);
      return 0;
    }
    await cli.output.lines([verdict(judged), '', ...statusLines(judged, now)]);
    await saySoonFull(cli, await client.storage.list({}, { signal }));
    if (found.pauses.length > 0) await cli.output.lines(['', ...found.pauses.map(pauseLine)]);
    if (!found.active && judged.some(({ plan }) => plan.profile !== null))
      cli.output.note('Nothing runs by itself here: neither `holdfast serve` nor the desktop console is running.');
    return judged.some(({ freshness: { state } }) => state === 'never' || state === 'overdue') ? 3 : 0;
  });
}

/** Within a month, or before anything that is locked there may go. */
async function saySoonFull({ output, world }: Cli, { places }: { places: readonly StoredPlace[] }): Promise<void> {
  const soon = places.filter(
    ({ full, fullUnderLocks }) =>
      full.state === 'full' ||
      (full.likelyAt !== null && (fullUnderLocks || Date.parse(full.likelyAt) - world.nowMs() < 30 * 86_400_000)),
  );
  if (soon.length === 0) return;
  const locked = (place: StoredPlace): string => (place.fullUnderLocks ? ' Before its locks end.' : '');
  await output.lines(['', ...soon.map((place) => `${place.name} is full: ${place.full.words}${locked(place)}`)]);
}

function freshnessOfPlan({ newestGoodAt, rpoMs, paused }: SourcePlan, now: number): Freshness {
  return freshnessOf({ newestGoodAtMs: newestGoodAt === null ? null : Date.parse(newestGoodAt), rpoMs, paused }, now);
}

/** One line that answers whether anything has to be done. */
function verdict(judged: readonly Judged[]): string {
  const limited = judged.filter(({ plan }) => plan.rpoMs !== null);
  const within = limited.filter(({ freshness: { state } }) => state === 'fresh' || state === 'paused').length;
  const never = judged.filter(({ freshness: { state } }) => state === 'never').length;
  const unlimited = judged.length - limited.length;
  const parts = [
    limited.length === 0 ? null : `${within} of ${plural(limited.length, 'source')} within the allowed age.`,
    never === 0 ? null : `${plural(never, 'source')} without a good snapshot.`,
    unlimited === 0
      ? null
      : `${plural(unlimited, 'source')} without a limit: give ${unlimited === 1 ? 'it' : 'them'} a profile.`,
  ];
  return parts.filter((part) => part !== null).join(' ');
}

function statusLines(judged: readonly Judged[], now: number): string[] {
  return tableLines(
    [{ title: 'SOURCE' }, { title: 'NEWEST GOOD' }, { title: 'ALLOWED' }, { title: 'NEXT RUN' }, { title: '' }],
    judged.map(({ plan, freshness }) => [
      plan.source,
      freshness.ageMs === null ? 'none' : `${formatDuration(freshness.ageMs)} ago`,
      freshnessWords(freshness, plan.rpoMs),
      nextWords(plan, now),
      plan.waitsFor === null || plan.paused ? '' : `waits for ${plan.waitsFor}`,
    ]),
  );
}

function nextWords({ paused, pausedUntil, next, due, profile }: SourcePlan, now: number): string {
  if (paused) return pausedUntil === null ? 'paused' : `paused until ${localTime(pausedUntil).slice(0, 16)}`;
  if (due.length > 0) return 'due now';
  if (next === null) return profile === null ? 'by hand only' : 'none';
  const inMs = Date.parse(next.at) - now;
  return `in ${formatDuration(Math.max(60_000, Math.round(inMs / 60_000) * 60_000))}`;
}

function pauseLine({ scope, subject, until, reason, by }: Pause): string {
  const what = scope === 'tenant' ? 'Everything' : subject;
  const end = until === null ? 'until somebody ends it' : `until ${localTime(until).slice(0, 16)}`;
  return `${what} is paused ${end}, by ${by}${reason === '' ? '.' : `: ${reason}`}`;
}

function runDue(cli: Cli, dryRun: boolean): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const ended: ProtectionRun[] = [];
    let counts = { due: 0, complete: 0, partial: 0, failed: 0, waiting: 0 };
    for await (const event of await client.schedule.runDue({ repository, dryRun }, { signal })) {
      if (event.type === 'notice') cli.output.warn(event.text);
      else if (event.type === 'run') {
        ended.push(event.run);
        await cli.output.summary([runLine(event.run)]);
      } else counts = event;
    }
    const { due, complete, partial, failed, waiting } = counts;
    await cli.output.document({ runs: ended, due, complete, partial, failed, waiting });
    if (due === 0) await cli.output.summary(['Nothing is due.']);
    else if (dryRun) await cli.output.summary([`${plural(due, 'source')} due.`]);
    if (failed > 0) return 1;
    return partial + waiting > 0 ? 3 : 0;
  });
}

function runLine({ source, state, snapshot, bytes, error, consistencyProblem }: ProtectionRun): string {
  if (error !== null) return `${source}: ${state}. ${error.message}`;
  const added = bytes === null ? '' : `, ${formatBytes(bytes.added)} added`;
  return `${source}: ${stateWord(state)}${snapshot === null ? '' : `, snapshot ${shortId(snapshot)}`}${added}.${consistencyProblem === null ? '' : ` ${consistencyProblem}`}`;
}

function stateWord(state: ProtectionRun['state']): string {
  return state === 'completeWithExceptions' ? 'complete with exceptions' : state;
}

function runs(cli: Cli, { source, limit }: { source?: string; limit: number }): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const query = { limit, ...(source === undefined ? {} : { source }) };
    const { runs: found } = await client.schedule.runs(query, { signal });
    await cli.output.document(found);
    if (found.length === 0) {
      await cli.output.lines(['No runs.']);
      return 0;
    }
    const anyConsistent = found.some(({ consistency }) => consistency !== null);
    const titles = ['ASKED', 'SOURCE', 'FOR', 'STATE', 'TIME', 'ADDED', 'SNAPSHOT'];
    const columns = [...titles, ...(anyConsistent ? ['CONSISTENT'] : [])].map((title) => ({ title }));
    const rows = found.map((one) => [
      localTime(one.askedAt).slice(0, 16),
      one.source,
      `${one.periods.join('+')}${one.late ? ' (late)' : ''}`,
      stateWord(one.state),
      durationOf(one),
      one.bytes === null ? '' : formatBytes(one.bytes.added),
      one.snapshot === null ? (one.error?.code ?? '') : shortId(one.snapshot),
      ...(anyConsistent ? [one.consistency ?? ''] : []),
    ]);
    await cli.output.lines(tableLines(columns, rows));
    return 0;
  });
}

function durationOf({ startedAt, endedAt }: ProtectionRun): string {
  if (startedAt === null || endedAt === null) return '';
  return formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
}

function pause(
  cli: Cli,
  source: string | undefined,
  { for: forMs, reason }: { for?: number; reason: string },
): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const until = forMs === undefined ? null : new Date(cli.world.nowMs() + forMs).toISOString();
    const set = await client.schedule.pause({ ...subjectOf(source), until, reason }, { signal });
    await cli.output.document(set);
    await cli.output.summary([pauseLine(set)]);
    return 0;
  });
}

function resume(cli: Cli, source: string | undefined): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { pauses } = await client.schedule.plan({}, { signal });
    const wanted = subjectOf(source);
    if (!pauses.some(({ scope, subject }) => scope === wanted.scope && subject === wanted.subject))
      throw badUsage(source === undefined ? 'Not everything is paused.' : `${source} is not paused by itself.`);
    await client.schedule.resume(wanted, { signal });
    await cli.output.document({});
    await cli.output.summary([`${source ?? 'Everything'} is not paused any more.`]);
    return 0;
  });
}

function subjectOf(source: string | undefined): { scope: 'tenant' | 'source'; subject: string } {
  return source === undefined ? { scope: 'tenant', subject: '' } : { scope: 'source', subject: source };
}

function clockCommand(cli: Cli, confirm: boolean): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const call = confirm ? client.schedule.confirmClock : client.schedule.clock;
    const clock = await call({}, { signal });
    await cli.output.document(clock);
    await cli.output.lines([
      `The clock of this machine says ${localTime(clock.now)}.`,
      clock.problem ?? 'It is believed.',
    ]);
    return clock.problem === null ? 0 : 3;
  });
}
