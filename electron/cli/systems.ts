import { InvalidArgumentError, type Command } from 'commander';
import type { SystemMember, SystemSnapshot } from '../../shared/contract/systems.ts';
import { configurationLimits } from '../../shared/model/configuration.ts';
import { holdLimits, isApart, momentWords, togetherWords } from '../../shared/model/together.ts';
import { formatDuration, parseDuration } from '../../shared/model/units.ts';
import { sourceArgument } from './arguments.ts';
import { detach, DETACH_HELP } from './detach.ts';
import { localTime, shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import { follow, type OperationEvent } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

export function registerSystems(program: Command, run: RunCommand): void {
  const system = program.command('system').description('several sources taken together, as one snapshot of a system');
  system
    .command('take')
    .description(
      'take registered sources at one moment: all are held still by their hooks in the order named, taken, and let go in reverse',
    )
    .argument('[sources...]', 'names of registered sources; without any, all of them', collectSources)
    .option('--description <text>', 'what for', descriptionArgument, '')
    .option(
      '--hold <duration>',
      'for how long all may be held at most, as in 90s; else as systems.hold-seconds says',
      holdArgument,
    )
    .option('--detach', DETACH_HELP)
    .action((sources: string[] | undefined, options: TakeOptions) => run((cli) => take(cli, sources ?? [], options)));
  system
    .command('list', { isDefault: true })
    .description('list them, newest first')
    .option('--limit <number>', 'as many as this', limitArgument, 20)
    .action((options: { limit: number }) => run((cli) => list(cli, options.limit)));
  system
    .command('show')
    .description('say what each part came to, and how all of it is restored together')
    .argument('<system>', 'its id, or the beginning of it', idArgument)
    .action((id: string) => run((cli) => show(cli, id)));
}

type TakeOptions = { readonly description: string; readonly hold?: number; readonly detach?: boolean };

function holdArgument(text: string): number {
  const ms = parseDuration(text);
  const { leastMs, mostMs } = holdLimits;
  if (ms !== null && ms >= leastMs && ms <= mostMs) return ms;
  throw new InvalidArgumentError(
    `It is a duration from ${formatDuration(leastMs)} to ${formatDuration(mostMs)}, as in 90s.`,
  );
}

function collectSources(text: string, before: string[] | undefined = []): string[] {
  return [...before, sourceArgument(text)];
}

function descriptionArgument(text: string): string {
  const limit = configurationLimits.reasonLength;
  if (text.length > limit) throw new InvalidArgumentError(`A description has ${limit} characters at most.`);
  return text;
}

function limitArgument(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200)
    throw new InvalidArgumentError('It is a number from 1 to 200.');
  return limit;
}

function idArgument(text: string): string {
  if (/^[0-9a-f]{4,16}(?:-\d{1,4})?$/.test(text)) return text;
  throw new InvalidArgumentError('A system snapshot is named by at least 4 digits of its id.');
}

/** 3 where something of it is missing or is not of one moment with the others, 1 where all is missing. */
function take(
  cli: Cli,
  sources: readonly string[],
  { description, hold, detach: isDetached = false }: TakeOptions,
): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const held = hold === undefined ? {} : { holdMs: hold };
    const input = { repository, sources: [...sources], description, ...held, detach: isDetached };
    const events = await client.systems.take(input, { signal });
    if (isDetached) return detach(cli, events);
    const result = await follow(cli.output, cli.world.monotonicMs, sayingMembers(cli, events));
    await cli.output.document(result);
    await cli.output.summary(summaryOf(result));
    if (result.state === 'failed') return 1;
    const lost = result.members.some(({ snapshot }) => snapshot === null);
    const isWhole = result.state === 'full' || (result.state === 'running' && !lost);
    return isWhole && !isApart(result) ? 0 : 3;
  });
}

type MemberEvent = { readonly type: 'member'; readonly member: SystemMember };

async function* sayingMembers(
  { output }: Cli,
  events: AsyncIterable<OperationEvent<SystemSnapshot> | MemberEvent>,
): AsyncGenerator<OperationEvent<SystemSnapshot>, void> {
  for await (const event of events) {
    if (event.type !== 'member') yield event;
    else output.note(`${event.member.source}: ${stateWords(event.member)}`);
  }
}

function summaryOf(system: SystemSnapshot): string[] {
  const { id, state, members, commonAt } = system;
  const taken = members.filter(({ snapshot }) => snapshot !== null);
  const missing = members.filter(({ snapshot }) => snapshot === null).map(({ source }) => source);
  const words = taken.length === 0 ? 'nothing was taken' : togetherWords(taken.length, system);
  return [
    `System snapshot ${id.slice(0, 8)}: ${state}, ${words}.`,
    ...(commonAt === null || taken.length < 2 ? [] : [`All were held at ${localTime(commonAt)}.`]),
    ...(isApart(system) ? ['Not all of it is of one moment: `holdfast system show` says which is not, and why.'] : []),
    ...(missing.length === 0 ? [] : [`Missing: ${missing.join(', ')}.`]),
  ];
}

function list(cli: Cli, limit: number): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { systems, more } = await client.systems.list({ limit }, { signal });
    await cli.output.document(systems);
    if (systems.length === 0) {
      await cli.output.lines(['No system snapshot was taken so far; see `holdfast system take --help`.']);
      return 0;
    }
    const columns = ['SYSTEM', 'TAKEN', 'STATE', 'WHAT', 'DESCRIPTION'].map((title) => ({ title }));
    await cli.output.lines(tableLines(columns, systems.map(row)));
    if (more) cli.output.note('There are older ones.');
    return 0;
  });
}

function row(system: SystemSnapshot): string[] {
  const { id, takenAt, state, members, description } = system;
  const taken = members.filter(({ snapshot }) => snapshot !== null).length;
  const parts = taken === members.length ? togetherWords(taken, system) : `${taken} of ${members.length} sources`;
  return [id.slice(0, 8), localTime(takenAt), state, parts, description];
}

function show(cli: Cli, id: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const system = await client.systems.show({ system: id }, { signal });
    await cli.output.document(system);
    const columns = ['SOURCE', 'SNAPSHOT', 'TAKEN', 'STATE', 'MOMENT', 'HELD', ''].map((title) => ({ title }));
    const rows = system.members.map((member) => [
      member.source === '' ? 'not known' : member.source,
      member.snapshot === null ? '' : shortId(member.snapshot),
      member.takenAt === null ? '' : localTime(member.takenAt),
      stateWords(member),
      member.moment === null ? '' : momentWords({ moment: member.moment, withinMs: member.withinMs }),
      heldWords(member),
      [member.apartBecause, member.problem].filter((text) => text !== null).join(' '),
    ]);
    const taken = system.members.map(({ snapshot }) => snapshot).filter((snapshot) => snapshot !== null);
    const restore = `holdfast restore ${taken.map(shortId).join(' ')} --to <folder>`;
    await cli.output.lines([
      ...summaryOf(system),
      ...(system.description === '' ? [] : [system.description]),
      '',
      ...tableLines(columns, rows),
      ...(taken.length === 0 ? [] : ['', `All of it together: ${restore}`]),
    ]);
    return 0;
  });
}

const words: Readonly<Record<SystemMember['state'], string>> = {
  waiting: 'waits',
  running: 'is being taken',
  complete: 'complete',
  completeWithExceptions: 'complete with exceptions',
  partial: 'partial',
  failed: 'failed',
  cancelled: 'cancelled',
  pending: 'pending',
  interrupted: 'interrupted',
  missing: 'missing',
};

function stateWords({ state, consistency }: SystemMember): string {
  const held = consistency === 'application' ? ', application-consistent' : ', crash-consistent';
  return `${words[state]}${consistency === null ? '' : held}`;
}

function heldWords({ heldFrom, heldTo }: SystemMember): string {
  if (heldFrom === null) return '';
  if (heldTo === null) return `from ${localTime(heldFrom)}`;
  return `${localTime(heldFrom)}, ${formatDuration(Math.max(0, Date.parse(heldTo) - Date.parse(heldFrom)))}`;
}
