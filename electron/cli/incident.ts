import { InvalidArgumentError, type Command } from 'commander';
import { parseDuration } from '../../shared/model/units.ts';
import { configurationLimits } from '../../shared/model/configuration.ts';
import { localTime, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

export function registerIncident(program: Command, run: RunCommand): void {
  const incident = program
    .command('incident')
    .description('while one is open, nothing is taken out of the repository: see it, or freeze everything');
  incident
    .command('show', { isDefault: true })
    .description('say whether everything is frozen, and which snapshots are suspect')
    .action(() => run(show));
  incident
    .command('freeze')
    .description('freeze everything: no snapshot expires or is removed, nothing is pruned')
    .requiredOption('--reason <text>', 'why, for whoever finds it later', reasonArgument)
    .action((options: { reason: string }) => run((cli) => freeze(cli, options.reason)));
  incident
    .command('end')
    .description('end it: retention and prune go on where they were')
    .action(() => run(end));
  incident
    .command('restore-points')
    .description('of each source, the newest good snapshot from before a moment that nobody has to suspect')
    .argument('[sources...]', 'of these sources; without any, of all')
    .requiredOption(
      '--before <time>',
      'such as 2026-11-25T14:00 (by the clock of this machine), or an age such as 6h',
      beforeArgument,
    )
    .action((sources: string[], options: { before: (nowMs: number) => string }) =>
      run((cli) => restorePoints(cli, options.before(cli.world.nowMs()), sources)),
    );
  incident
    .command('clear')
    .description('take the mark off a suspect snapshot that somebody has looked at')
    .argument('<snapshot>', 'its id, or the beginning of it')
    .action((snapshot: string) => run((cli) => clear(cli, snapshot)));
}

function reasonArgument(text: string): string {
  const limit = configurationLimits.reasonLength;
  if (text.trim() === '' || text.length > limit)
    throw new InvalidArgumentError(`A reason has 1 to ${limit} characters.`);
  return text;
}

/** ISO-8601 UTC, once the time is known. */
function beforeArgument(text: string): (nowMs: number) => string {
  const age = parseDuration(text);
  if (age !== null && age > 0) return (nowMs) => new Date(nowMs - age).toISOString();
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It is a time such as 2026-11-25T14:00, or an age such as 6h.');
  return () => new Date(ms).toISOString();
}

function show(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const state = await client.incidents.state({}, { signal });
    await cli.output.document(state);
    const { open, suspects } = state;
    const frozen =
      open === null
        ? ['Nothing is frozen.']
        : [
            `Everything is frozen since ${localTime(open.since)}, by ${open.author}: ${open.reason}`,
            'No snapshot expires or is removed. End it with `holdfast incident end`.',
          ];
    await cli.output.lines(frozen);
    if (suspects.length === 0) return 0;
    const rows = suspects.map(({ snapshot, source, at, reason }) => [shortId(snapshot), localTime(at), source, reason]);
    const columns = [{ title: 'SUSPECT' }, { title: 'MARKED' }, { title: 'SOURCE' }, { title: 'WHY' }];
    await cli.output.lines(['', ...tableLines(columns, rows)]);
    return 0;
  });
}

function freeze(cli: Cli, reason: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const frozen = await client.incidents.freeze({ repository, reason }, { signal });
    await cli.output.document(frozen);
    await cli.output.summary(['Everything is frozen: no snapshot expires or is removed until the incident is ended.']);
    tellSaved(cli.output, frozen);
    return 0;
  });
}

function end(cli: Cli): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const ended = await client.incidents.end({ repository }, { signal });
    await cli.output.document(ended);
    await cli.output.summary(['The incident is over. Retention decides again after the next good run of each source.']);
    tellSaved(cli.output, ended);
    return 0;
  });
}

function clear(cli: Cli, beginning: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { suspects } = await client.incidents.state({}, { signal });
    const [one, second] = suspects.filter(({ snapshot }) => snapshot.startsWith(beginning));
    if (one === undefined) throw badUsage(`No suspect snapshot begins with ${beginning}.`);
    if (second !== undefined) throw badUsage(`Several suspect snapshots begin with ${beginning}.`);
    const cleared = await client.incidents.clearSuspect({ snapshot: one.snapshot }, { signal });
    await cli.output.document(cleared);
    await cli.output.summary([`Snapshot ${shortId(cleared.snapshot)} is not marked any more.`]);
    return 0;
  });
}

/** 3 where a source has nothing that leads back to before. */
function restorePoints(cli: Cli, before: string, sources: readonly string[]): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { points } = await client.incidents.restorePoints({ before, sources: [...sources] }, { signal });
    await cli.output.document(points);
    if (points.length === 0) {
      await cli.output.lines(['The catalog knows no snapshots of that.']);
      return 3;
    }
    const columns = ['SOURCE', 'SNAPSHOT', 'TAKEN', 'PASSED OVER', 'TAKEN SINCE'].map((title) => ({ title }));
    const rows = points.map(({ source, snapshot, takenAt, passedOver, since }) => [
      source,
      snapshot === null ? 'none' : shortId(snapshot),
      takenAt === null ? '' : localTime(takenAt),
      passedOver === 0 ? '' : String(passedOver),
      since === 0 ? '' : String(since),
    ]);
    const ids = points.map(({ snapshot }) => snapshot).filter((snapshot) => snapshot !== null);
    await cli.output.lines([
      ...tableLines(columns, rows),
      ...(ids.length === 0
        ? []
        : ['', `All of it together: holdfast restore ${ids.map(shortId).join(' ')} --to <folder>`]),
    ]);
    return ids.length < points.length ? 3 : 0;
  });
}
