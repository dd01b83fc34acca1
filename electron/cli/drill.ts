import { InvalidArgumentError, type Command } from 'commander';
import type { Drill, DrilledSource } from '../../shared/contract/drills.ts';
import { defaultSampleBytes, rtoWords } from '../../shared/model/drills.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { parseRule, ruleForms, ruleWords } from '../../shared/model/rule-words.ts';
import { formatBytes, formatCount, formatDuration, parseDuration } from '../../shared/model/units.ts';
import { collect, countArgument, sizeArgument } from './arguments.ts';
import { detach, DETACH_HELP } from './detach.ts';
import { localTime, plural, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow } from './operation.ts';
import { registerDrillChecks } from './drill-checks.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

type RunOptions = {
  readonly plan?: string;
  readonly value?: readonly string[];
  readonly snapshot: string;
  readonly sample?: number | 'whole';
  readonly detach?: boolean;
};
type ListOptions = { readonly source?: string; readonly limit: number };
type ScheduleOptions = {
  readonly every?: string;
  readonly sample?: number | 'whole';
  readonly rto?: number;
  readonly off?: boolean;
};

const RUN_HELP = `
What is brought back goes to a folder of the drill, to a prefix of the bucket that the setting drills.bucket names, or to an
instance with no way in or out; it is checked, timed, and taken away. Where nothing is named, the next part of the source
has its turn, so that drills that follow each other bring back all of it.`;

export function registerDrill(program: Command, run: RunCommand): void {
  const drill = program.command('drill').description('rehearse restores: in isolation, verified, timed and torn down');
  drill
    .command('run')
    .description('rehearse the restore of a source now')
    .argument('[source]', 'its name')
    .option('--plan <name>', 'a recovery plan instead, its steps turned away from production')
    .option('--value <name=value>', 'a parameter of the plan (repeatable)', collect)
    .option('--snapshot <id>', 'from another snapshot than the newest good one', 'latest')
    .option('--sample <size>', 'how much of it is brought back, such as 1GiB, or `whole`', sampleArgument)
    .option('--detach', DETACH_HELP)
    .addHelpText('after', RUN_HELP)
    .action((source: string | undefined, options: RunOptions) => run((cli) => runDrill(cli, source, options)));
  drill
    .command('list')
    .description('list drills, newest first')
    .option('--source <name>', 'of this source alone')
    .option('--limit <number>', 'so many', countArgument, 20)
    .action((options: ListOptions) => run((cli) => list(cli, options)));
  drill
    .command('show')
    .description('show how a drill went')
    .argument('<id>', 'its id, or the beginning of it')
    .action((id: string) => run((cli) => show(cli, id)));
  drill
    .command('schedule')
    .description('show when sources are rehearsed, or set it for all sources of a profile')
    .argument('[profile]', 'the name of a profile')
    .option('--every <rule>', 'when, as `weekly sun 03:00` or `monthly 1 03:00`')
    .option('--sample <size>', 'how much at a time (1GiB)', sampleArgument)
    .option('--rto <duration>', 'how long a whole restore may take, such as 4h', rtoArgument)
    .option('--off', 'rehearse them no more by themselves')
    .action((profile: string | undefined, options: ScheduleOptions) =>
      run((cli) => (profile === undefined ? status(cli) : schedule(cli, profile, options))),
    );
  registerDrillChecks(drill, run);
  drill
    .command('cleanup')
    .description('take away what drills that were killed have left')
    .action(() => run(cleanup));
}

function sampleArgument(text: string): number | 'whole' {
  return text === 'whole' ? 'whole' : sizeArgument(text);
}

function rtoArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms < 1_000) throw new InvalidArgumentError('A duration is written as 30m, 4h or 2d.');
  return ms;
}

function runDrill(cli: Cli, source: string | undefined, options: RunOptions): Promise<ExitCode> {
  const { plan, value = [] } = options;
  if ((source === undefined) === (plan === undefined)) throw badUsage('Name a source, or a plan with --plan.');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { snapshot, sample = null, detach: isDetached = false } = options;
    const common = { repository, detach: isDetached };
    const events =
      plan === undefined
        ? await client.drills.run({ source: source ?? '', snapshot, sample, ...common }, { signal })
        : await client.drills.runPlan({ plan, values: valuesOf(value), ...common }, { signal });
    if (isDetached) return detach(cli, events);
    const drill = await follow(cli.output, cli.world.monotonicMs, events);
    await tell(cli, drill);
    return drill.state === 'passed' ? 0 : drill.state === 'partial' ? 3 : 1;
  });
}

function valuesOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw badUsage(`${text} is not written as name=value.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

async function tell({ output }: Cli, drill: Drill): Promise<void> {
  await output.document(drill);
  if (output.style.json) return;
  const { state, checks, steps, issues, issueCount, left, error } = drill;
  await output.lines([
    `Drill ${shortId(drill.id)} of ${drill.source}: ${state}`,
    ...factLines(factsOf(drill)),
    ...steps.map(({ title, detail }) => `  ${title}: ${detail ?? 'not ended'}`),
    ...checks.map(({ title, result, detail }) => `  ${words[result]}  ${title}: ${detail}`),
    ...issues.slice(0, 20).map(({ path, message }) => `  ${path}: ${message}`),
    ...(issueCount > 20 ? [`  … of ${formatCount(issueCount)}`] : []),
  ]);
  if (error !== null) output.warn(`${error.message} ${error.action}`);
  if (left > 0) output.warn(`${plural(left, 'thing')} that it made could not be taken away: holdfast drill cleanup.`);
}

const words = { good: 'good', bad: 'BAD ', left: '–   ' } as const;

function factsOf({ snapshot, takenAt, startedAt, rto, rtoMs, humanMs, evidence, ...drill }: Drill) {
  const amount = `${plural(formatCount(drill.items), 'thing')}, ${formatBytes(drill.bytes)}`;
  const of = drill.isWhole ? 'all of it' : `of ${formatCount(drill.wholeItems)}, ${formatBytes(drill.wholeBytes)}`;
  const target = rtoMs === null ? '' : ` (target ${formatDuration(rtoMs)})`;
  return [
    ...(snapshot === null || takenAt === null
      ? []
      : [['From', `${shortId(snapshot)}, taken ${localTime(takenAt)}`] as const]),
    ['Begun', localTime(startedAt)],
    ['Brought back', `${amount}, ${of}`],
    ['Recovery time', rto === null ? 'unknown' : `${rtoWords(rto)}${target}`],
    ...(humanMs === null ? [] : [['Waiting for people', formatDuration(humanMs)] as const]),
    ...(evidence === null ? [] : [['Evidence', evidence] as const]),
  ] as const;
}

function list(cli: Cli, { source, limit }: ListOptions): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const input = { source: source ?? null, limit: Math.min(200, Math.max(1, limit)) };
    const { drills } = await client.drills.list(input, { signal });
    await cli.output.document(drills);
    const columns = ['ID', 'SOURCE', 'BEGUN', 'STATE', 'BROUGHT BACK', 'RECOVERY TIME'].map((title) => ({ title }));
    const rows = drills.map((drill) => [
      shortId(drill.id),
      drill.source,
      localTime(drill.startedAt),
      drill.state,
      `${formatBytes(drill.bytes)}${drill.isWhole ? ', all' : ''}`,
      drill.rto === null ? '–' : rtoWords(drill.rto),
    ]);
    await cli.output.lines(
      drills.length === 0 ? ['No drills: `holdfast drill run <source>`.'] : tableLines(columns, rows),
    );
    return 0;
  });
}

function show(cli: Cli, id: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    await tell(cli, await client.drills.get({ drill: id }, { signal }));
    return 0;
  });
}

function status(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { sources } = await client.drills.sources({}, { signal });
    await cli.output.document(sources);
    const titles = ['SOURCE', 'RULE', 'NEXT', 'LAST', 'COVERED', 'RECOVERY TIME'].map((title) => ({ title }));
    await cli.output.lines(sources.length === 0 ? ['No sources.'] : tableLines(titles, sources.map(rowOf)));
    return 0;
  });
}

function rowOf({ source, rule, next, overdue, last, coverage, rto }: DrilledSource): string[] {
  return [
    source,
    rule === null ? '–' : ruleWords(rule.rule),
    next === null ? '–' : `${localTime(next)}${overdue ? ', overdue' : ''}`,
    last === null ? 'never drilled' : `${last.state}, ${localTime(last.startedAt)}`,
    `${Math.floor(coverage * 100)} %`,
    rto === null ? 'unknown' : rtoWords(rto),
  ];
}

function schedule(cli: Cli, name: string, { every, sample, rto, off }: ScheduleOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { profiles } = await client.profiles.list({}, { signal });
    const profile = profiles.find((one) => one.name === name);
    if (profile === undefined) throw new HoldfastError('PROFILE_UNKNOWN', `There is no profile called ${name}.`);
    const before = profile.drill ?? null;
    const rule = every === undefined ? (before?.rule ?? null) : parseRule(every);
    if (off !== true && rule === null) throw new HoldfastError('BAD_USAGE', `--every is one of ${ruleForms}.`);
    const sampleBytes = sample === 'whole' ? Number.MAX_SAFE_INTEGER : sample;
    const drill =
      off === true || rule === null
        ? null
        : {
            rule,
            sampleBytes: sampleBytes ?? before?.sampleBytes ?? defaultSampleBytes,
            rtoMs: rto ?? before?.rtoMs ?? null,
          };
    const saved = await client.drills.setRule({ repository, profile: profile.id, drill }, { signal });
    await cli.output.document({ profile: profile.id, drill, ...saved });
    const said = drill === null ? 'are not rehearsed any more' : `are rehearsed: ${ruleWords(drill.rule)}`;
    await cli.output.lines([`The sources of ${name} ${said}.`]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function cleanup(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const result = await client.drills.cleanup({}, { signal });
    await cli.output.document(result);
    for (const { place, problem } of result.left) cli.output.warn(`Still there: ${place}. ${problem}`);
    await cli.output.lines([`${plural(formatCount(result.removed), 'thing')} taken away.`]);
    return result.left.length > 0 ? 1 : 0;
  });
}
