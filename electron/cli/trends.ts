import { InvalidArgumentError, type Command } from 'commander';
import { csvLines } from '../../shared/model/csv.ts';
import { figureNames, type FigureName } from '../../shared/model/trend-figures.ts';
import { formatBytes, formatDuration, formatRate } from '../../shared/model/units.ts';
import { sourceArgument } from './arguments.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type TrendsOptions = { days: number; csv?: boolean; figures?: boolean };

export function registerTrends(program: Command, run: RunCommand): void {
  program
    .command('trends')
    .description('say how runs went from day to day, or what they came to: mean, longest, 95th percentile')
    .argument('[source]', 'name of the source; without it all of them', sourceArgument)
    .option('--days <number>', 'so far back', daysArgument, 90)
    .option('--figures', 'what the runs of a source came to, over stretches of time')
    .option('--csv', 'as comma-separated values')
    .action((source: string | undefined, options: TrendsOptions) =>
      run((cli) => (options.figures === true ? figures(cli, source, options) : days(cli, source, options))),
    );
}

function daysArgument(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 400)
    throw new InvalidArgumentError('It is a number of days from 1 to 400.');
  return number;
}

function days(cli: Cli, source: string | undefined, { days: span, csv = false }: TrendsOptions): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const input = { days: span, zone, ...(source === undefined ? {} : { source }) };
    const found = await client.schedule.trends(input, { signal });
    await cli.output.document(found);
    const names = [
      'date',
      'runs',
      'partial',
      'failed',
      'missed',
      'median_ms',
      'max_ms',
      'sum_ms',
      'bytes_added',
      'bytes_stored',
      'files_changed',
      'files_seen',
    ];
    if (csv) {
      const rows = found.days.map(({ date, runs, partial, failed, missed, taken }) => [
        date,
        runs,
        partial,
        failed,
        missed,
        taken?.durationMs.median ?? null,
        taken?.durationMs.max ?? null,
        taken?.durationMs.sum ?? null,
        taken?.bytesAdded ?? null,
        taken?.bytesStored ?? null,
        taken?.filesChanged ?? null,
        taken?.filesSeen ?? null,
      ]);
      await cli.output.lines(csvLines(names, rows));
      return 0;
    }
    if (found.days.length === 0) await cli.output.lines([`No run in the last ${span} days.`]);
    else
      await cli.output.lines(
        tableLines(
          [{ title: 'DAY' }, { title: 'RUNS' }, { title: 'WENT WRONG' }, { title: 'MEDIAN' }, { title: 'NEW DATA' }],
          found.days.map(({ date, runs, failed, missed, partial, taken }) => [
            date,
            String(runs),
            String(failed + missed + partial),
            taken === null ? '' : formatDuration(taken.durationMs.median),
            taken === null ? '' : formatBytes(taken.bytesAdded),
          ]),
        ),
      );
    return 0;
  });
}

const titles: Readonly<Record<FigureName, string>> = {
  durationMs: 'duration',
  bytesTotal: 'size',
  bytesAdded: 'new data',
  bytesStored: 'stored',
  bytesPerSecond: 'new data per second',
  changeRate: 'changed',
};

function figures(cli: Cli, source: string | undefined, { csv = false }: TrendsOptions): Promise<ExitCode> {
  if (source === undefined) throw badUsage('Figures are of one source: say which.');
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.schedule.figures({ source }, { signal });
    await cli.output.document(found);
    const rows = found.windows.flatMap((window) =>
      figureNames.map((name) => ({ window, name, figure: window.figures[name] ?? null })),
    );
    if (csv) {
      const cells = rows.map(({ window, name, figure }) => [
        window.days,
        window.runs,
        name,
        figure?.mean ?? null,
        figure?.p95 ?? null,
        figure?.max ?? null,
        window.dedupRatio,
      ]);
      await cli.output.lines(csvLines(['days', 'runs', 'figure', 'mean', 'p95', 'max', 'dedup_ratio'], cells));
      return 0;
    }
    await cli.output.lines(
      tableLines(
        [
          { title: 'DAYS' },
          { title: 'RUNS' },
          { title: '' },
          { title: 'MEAN' },
          { title: '95 OF 100' },
          { title: 'MOST' },
        ],
        rows.map(({ window, name, figure }) => [
          String(window.days),
          String(window.runs),
          titles[name],
          ...(figure === null ? ['', '', ''] : [figure.mean, figure.p95, figure.max].map((value) => say(value, name))),
        ]),
      ),
    );
    return 0;
  });
}

function say(value: number, name: FigureName): string {
  if (name === 'durationMs') return formatDuration(value);
  if (name === 'changeRate') return `${(value * 100).toFixed(1)} %`;
  if (name === 'bytesPerSecond') return formatRate(value);
  return formatBytes(Math.round(value));
}
