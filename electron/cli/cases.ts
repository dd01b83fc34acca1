import { InvalidArgumentError, type Command } from 'commander';
import type { HoldCase } from '../../shared/contract/cases.ts';
import { localTime, plural, shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import { reasonArgument } from './holds.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type OpenOptions = { requestedBy: string; reason: string; review?: string; source?: string[] };
type UpdateOptions = Partial<OpenOptions>;

export function registerCases(program: Command, run: RunCommand): void {
  const command = program
    .command('case')
    .description('hold snapshots for a case, such as of a court, until it is closed');
  command
    .command('list', { isDefault: true })
    .description('the cases that hold anything, with what they hold')
    .option('--all', 'also those that were closed')
    .action(({ all = false }: { all?: boolean }) => run((cli) => list(cli, all)));
  command
    .command('open')
    .description('begin to hold all snapshots of sources, also those that are yet to be taken')
    .argument('<reference>', 'of the file it belongs to, such as 2026-117')
    .requiredOption('--requested-by <name>', 'who asked for it')
    .requiredOption('--reason <text>', 'why, for whoever finds it later', reasonArgument)
    .option('--review <date>', 'when to ask whether it is still needed: 2027-01-31', dateArgument)
    .option('--source <name...>', 'whose snapshots; `holdfast hold --case` holds single ones')
    .action((reference: string, options: OpenOptions) => run((cli) => open(cli, reference, options)));
  command
    .command('set')
    .description('change what is said of a case, or let it hold more sources')
    .argument('<reference>')
    .option('--requested-by <name>', 'who asked for it')
    .option('--reason <text>', 'why', reasonArgument)
    .option('--review <date>', 'when to ask whether it is still needed', dateArgument)
    .option('--source <name...>', 'hold these, too')
    .action((reference: string, options: UpdateOptions) => run((cli) => update(cli, reference, options)));
  command
    .command('close')
    .description('let go of what it holds, in seven days')
    .argument('<reference>')
    .requiredOption('--reason <text>', 'why it is not needed any more', reasonArgument)
    .action((reference: string, { reason }: { reason: string }) => run((cli) => close(cli, reference, reason)));
  command
    .command('reopen')
    .description('go on holding what a closed case has not let go yet')
    .argument('<reference>')
    .action((reference: string) => run((cli) => reopen(cli, reference)));
}

function dateArgument(text: string): string {
  const ms = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(ms))
    throw new InvalidArgumentError('It is a date such as 2027-01-31.');
  return new Date(ms).toISOString();
}

function list(cli: Cli, all: boolean): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.cases.list({ all }, { signal });
    await cli.output.document(found);
    if (found.cases.length === 0) await cli.output.lines(['Nothing is held for a case.']);
    else await cli.output.lines(found.cases.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...caseLines(one)]));
    return 0;
  });
}

function caseLines(one: HoldCase): string[] {
  const { reference, requestedBy, reason, reviewAt, openedAt, openedBy, sources, holds, snapshotsOfSources } = one;
  const review = reviewAt === null ? 'no review is set' : `to be reviewed ${localTime(reviewAt).slice(0, 10)}`;
  return [
    `${reference}: ${reason}`,
    `  asked for by ${requestedBy}; opened by ${openedBy} ${localTime(openedAt)}; ${review}`,
    ...(sources.length === 0
      ? []
      : [`  all snapshots of ${sources.join(', ')}: ${plural(snapshotsOfSources, 'snapshot')} so far`]),
    ...tableLines(
      [{ title: '' }, { title: '' }],
      holds.map((hold) => [shortId(hold.snapshot), hold.reason]),
    )
      .slice(1)
      .map((line) => `  ${line}`),
    ...stateLines(one),
  ];
}

function stateLines({ state, closed }: HoldCase): string[] {
  if (closed === null) return [];
  const by = `closed by ${closed.by} ${localTime(closed.at)}: ${closed.reason}`;
  return [state === 'closing' ? `  ${by}; what it holds is let go ${localTime(closed.endsAt)}` : `  ${by}`];
}

type Changed = { readonly case: HoldCase; readonly saved: boolean; readonly notices: string[] };

async function tell({ output }: Cli, changed: Changed, sentence: string): Promise<ExitCode> {
  await output.document(changed);
  await output.summary([sentence]);
  tellSaved(output, changed);
  return 0;
}

function open(cli: Cli, reference: string, options: OpenOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { requestedBy, reason, review = null, source = [] } = options;
    const input = { repository, reference, requestedBy, reason, reviewAt: review, sources: source };
    const changed = await client.cases.open(input, { signal });
    const { snapshotsOfSources } = changed.case;
    return tell(cli, changed, `Case ${reference} is open; ${plural(snapshotsOfSources, 'snapshot')} held by source.`);
  });
}

function update(cli: Cli, reference: string, options: UpdateOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { requestedBy, reason, review, source = [] } = options;
    const input = {
      repository,
      reference,
      ...(requestedBy === undefined ? {} : { requestedBy }),
      ...(reason === undefined ? {} : { reason }),
      ...(review === undefined ? {} : { reviewAt: review }),
      addSources: source,
    };
    return tell(cli, await client.cases.update(input, { signal }), `Case ${reference} is changed.`);
  });
}

function close(cli: Cli, reference: string, reason: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const changed = await client.cases.close({ repository, reference, reason }, { signal });
    const ends = changed.case.closed === null ? '' : localTime(changed.case.closed.endsAt);
    return tell(cli, changed, `Case ${reference} is closed; what it holds is let go ${ends}.`);
  });
}

function reopen(cli: Cli, reference: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) =>
    tell(cli, await client.cases.reopen({ repository, reference }, { signal }), `Case ${reference} is open again.`),
  );
}
