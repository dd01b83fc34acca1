import { InvalidArgumentError, type Command } from 'commander';
import type { Retained } from '../../shared/contract/retention.ts';
import { configurationLimits } from '../../shared/model/configuration.ts';
import { sourceArgument } from './arguments.ts';
import { localTime, plural, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

export function registerRetention(program: Command, run: RunCommand): void {
  const retention = program
    .command('retention')
    .description('see what the periods of profiles keep, decide what they ask, unlock what they lock');
  retention
    .command('show')
    .description('say of each snapshot of a source until when it stays, and why')
    .argument('<source>', 'name of the source', sourceArgument)
    .action((source: string) => run((cli) => show(cli, source)));
  retention
    .command('reviews')
    .description('list the questions that wait for an answer: where more than a third of a source would go at once')
    .option('--all', 'also those that have been decided')
    .action((options: { all?: boolean }) => run((cli) => reviews(cli, options.all === true)));
  retention
    .command('decide')
    .description('answer such a question')
    .argument('<review>', 'its id, or the beginning of it')
    .option('--remove', 'let the snapshots go after the next good run')
    .option('--keep', 'keep them until somebody removes them')
    .action((review: string, options: { remove?: boolean; keep?: boolean }) =>
      run((cli) => decide(cli, review, options)),
    );
  retention
    .command('unlock')
    .description(
      'ask that a locked snapshot can be removed by hand, which takes seven days; without one, list what was asked',
    )
    .argument('[snapshot]', 'its id, or the beginning of it', beginningArgument)
    .option('--reason <text>', 'why, for whoever finds it later', reasonArgument)
    .option('--cancel', 'take the request back: it stays locked')
    .action((snapshot: string | undefined, options: { reason?: string; cancel?: boolean }) =>
      run((cli) => (snapshot === undefined ? unlocks(cli) : unlock(cli, snapshot, options))),
    );
}

function beginningArgument(text: string): string {
  if (!/^[0-9a-f]{1,64}$/.test(text)) throw new InvalidArgumentError('An id is of the digits 0 to f.');
  return text;
}

function reasonArgument(text: string): string {
  const limit = configurationLimits.reasonLength;
  if (text.trim() === '' || text.length > limit)
    throw new InvalidArgumentError(`A reason has 1 to ${limit} characters.`);
  return text;
}

function show(cli: Cli, source: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.retention.show({ source }, { signal });
    await cli.output.document(found);
    const { snapshots, refused } = found;
    if (snapshots.length === 0) await cli.output.lines([`No snapshots of ${source} are known here.`]);
    else {
      const columns = ['SNAPSHOT', 'TAKEN', 'PERIODS', 'UNTIL', 'WHY'].map((title) => ({ title }));
      const rows = snapshots.map((one) => [
        shortId(one.snapshot),
        localTime(one.takenAt).slice(0, 16),
        one.periods.join(', ') || '–',
        untilWord(one),
        one.reasons.join('; '),
      ]);
      await cli.output.lines(tableLines(columns, rows));
    }
    if (refused !== null) cli.output.warn(`Nothing is removed by itself: ${refused}`);
    return 0;
  });
}

function untilWord({ keep, until }: Retained): string {
  if (!keep) return 'goes';
  return until === null ? 'stays' : localTime(until).slice(0, 16);
}

function reviews(cli: Cli, all: boolean): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.retention.reviews({ open: !all }, { signal });
    await cli.output.document(found);
    const columns = ['QUESTION', 'ASKED', 'SOURCE', 'ABOUT', 'ANSWER'].map((title) => ({ title }));
    const rows = found.reviews.map(({ id, askedAt, source, reason, decision, decidedBy }) => [
      shortId(id),
      localTime(askedAt).slice(0, 16),
      source,
      reason,
      decision === null ? '–' : `${decision}, by ${decidedBy ?? ''}`,
    ]);
    if (rows.length === 0) await cli.output.lines(['Nothing waits for an answer.']);
    else
      await cli.output.lines([
        ...tableLines(columns, rows),
        '',
        'Answer with `holdfast retention decide <question> --remove` or `--keep`. Until then nothing of it goes.',
      ]);
    return 0;
  });
}

function decide(
  cli: Cli,
  beginning: string,
  { remove, keep }: { remove?: boolean; keep?: boolean },
): Promise<ExitCode> {
  if ((remove === true) === (keep === true)) throw badUsage('Give one of --remove and --keep.');
  const decision = remove === true ? 'remove' : 'keep';
  return withEngine(cli, async ({ client, signal }) => {
    const open = (await client.retention.reviews({ open: true, limit: 1000 }, { signal })).reviews;
    const [one, second] = open.filter(({ id }) => id.startsWith(beginning));
    if (one === undefined) throw badUsage(`No open question begins with ${beginning}.`);
    if (second !== undefined) throw badUsage(`Several open questions begin with ${beginning}.`);
    const decided = await client.retention.decide({ review: one.id, decision }, { signal });
    await cli.output.document(decided);
    const what = plural(decided.snapshots.length, 'snapshot');
    await cli.output.summary([
      decision === 'remove'
        ? `${what} of ${decided.source} will go after its next good run.`
        : `${what} of ${decided.source} will stay until somebody removes them.`,
    ]);
    return 0;
  });
}

function unlocks(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.retention.unlocks({}, { signal });
    await cli.output.document(found);
    const columns = ['SNAPSHOT', 'SOURCE', 'ASKED BY', 'CAN BE REMOVED FROM', 'WHY'].map((title) => ({ title }));
    const rows = found.unlocks.map(({ snapshot, source, by, readyAt, reason }) => [
      shortId(snapshot),
      source,
      by,
      localTime(readyAt).slice(0, 16),
      reason,
    ]);
    await cli.output.lines(rows.length === 0 ? ['Nobody has asked to unlock anything.'] : tableLines(columns, rows));
    return 0;
  });
}

function unlock(
  cli: Cli,
  snapshot: string,
  { reason, cancel }: { reason?: string; cancel?: boolean },
): Promise<ExitCode> {
  if (cancel !== true && reason === undefined) throw badUsage('Say why with --reason.');
  return withEngine(cli, async ({ client, signal }) => {
    const row =
      cancel === true
        ? await client.retention.cancelUnlock({ snapshot }, { signal })
        : await client.retention.requestUnlock({ snapshot, reason: reason ?? '' }, { signal });
    await cli.output.document(row);
    const id = shortId(row.snapshot);
    await cli.output.summary([
      cancel === true
        ? `Snapshot ${id} stays locked.`
        : `Snapshot ${id} can be removed by hand from ${localTime(row.readyAt).slice(0, 16)}, or when its own time is over.`,
    ]);
    return 0;
  });
}
