import { InvalidArgumentError, Option, type Command } from 'commander';
import { extname } from 'node:path';
import type { ReportDocument } from '../../shared/model/reports/document.ts';
import { aboutReport } from '../../shared/model/reports/about.ts';
import { reportNames, type ReportName, type ReportTable } from '../../shared/model/reports/document.ts';
import { reportFormats, type ReportFormat } from '../../shared/model/reports/formats.ts';
import type { ReportScope } from '../../shared/model/subscriptions.ts';
import { collect } from './arguments.ts';
import { plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { saveFile } from './save-file.ts';
import { withEngine, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

type MakeOptions = ScopeOptions & { period: string; zone?: string; format?: ReportFormat; to?: string; rows: number };
export type ScopeOptions = { readonly source?: string[]; readonly tag?: string[] };

const periodHelp =
  'what it is about: last-7-days, 30d, 4w, yesterday, last-week, last-month, last-quarter, last-year, 2026-11, or 2026-11-01..2026-11-15';

export function registerReports(program: Command, run: RunCommand): void {
  const report = program
    .command('report')
    .description('reports about freshness, gaps, runs, sync, storage, drills, retention and calls');
  report
    .command('list', { isDefault: true })
    .description('list the reports there are')
    .action(() => run(list));
  report
    .command('make')
    .description('make a report: on the terminal, or as a file')
    .argument('<report>', `which: ${reportNames.join(', ')}`, reportArgument)
    .option('--period <period>', periodHelp, 'last-30-days')
    .option('--zone <zone>', 'time zone of its days and times, as Europe/Berlin (default: that of the machine)')
    .option('--source <name>', 'of this source only (repeatable)', collect)
    .option('--tag <tag>', 'of sources with this tag only (repeatable)', collect)
    .addOption(new Option('--format <format>', 'of the file; csv is one for each table').choices(reportFormats))
    .option('--to <file>', 'the file (default: one here, named after the report; without a format, as its ending says)')
    .option('--rows <number>', 'so many of each table on the terminal', rowsArgument, 50)
    .action((name: ReportName, options: MakeOptions) => run((cli) => make(cli, name, options)));
}

export function reportArgument(text: string): ReportName {
  const found = reportNames.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`It is one of ${reportNames.join(', ')}.`);
  return found;
}

function rowsArgument(text: string): number {
  const rows = Number(text);
  if (!Number.isInteger(rows) || rows < 1) throw new InvalidArgumentError('It is a number from 1 on.');
  return rows;
}

export function scopeOf({ source = [], tag = [] }: ScopeOptions): ReportScope {
  if (source.length > 0 && tag.length > 0) throw badUsage('Either sources are named or tags, not both.');
  if (source.length > 0) return { kind: 'sources', sources: source };
  return tag.length > 0 ? { kind: 'tags', tags: tag } : { kind: 'all' };
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.reports.list({}, { signal });
    await cli.output.document(found);
    const columns = ['REPORT', 'TITLE', 'ABOUT'].map((title) => ({ title }));
    await cli.output.lines(
      tableLines(
        columns,
        found.reports.map(({ name, title, about }) => [name, title, about]),
      ),
    );
    return 0;
  });
}

function make(cli: Cli, report: ReportName, options: MakeOptions): Promise<ExitCode> {
  const format = formatOf(options);
  return withEngine(cli, async ({ client, signal }) => {
    const { period, zone } = options;
    const formats = format === null ? [] : [format];
    const wanted = { report, period, of: scopeOf(options), formats, ...(zone === undefined ? {} : { zone }) };
    const { document, files } = await client.reports.make(wanted, { signal });
    if (format === null) {
      await cli.output.document(document);
      await cli.output.lines(reportLines(document, options.rows));
      return 0;
    }
    const paths: string[] = [];
    for (const [at, { name, content }] of files.entries()) {
      const to = at === 0 ? (options.to ?? name) : besides(options.to, name, document.tables[at]);
      paths.push(await saveFile(cli.world, to, Buffer.from(content, 'base64')));
    }
    await cli.output.document({ paths, lead: document.lead, madeAt: document.madeAt });
    const [first = '', ...others] = paths;
    const rest = others.length === 0 ? '' : `, and its other tables in ${plural(others.length, 'file')} beside it`;
    await cli.output.summary([document.lead, `The report lies at ${first}${rest}.`]);
    return 0;
  });
}

/** Null: on the terminal. */
function formatOf({ format, to }: MakeOptions): ReportFormat | null {
  if (format !== undefined) return format;
  if (to === undefined) return null;
  const ending = extname(to).slice(1).toLowerCase();
  const found = reportFormats.find((one) => one === ending);
  if (found === undefined) throw badUsage(`The ending of ${to} is none of ${reportFormats.join(', ')}: give --format.`);
  return found;
}

/** `gaps.csv` and beside it `gaps-unprotected.csv`. */
function besides(to: string | undefined, name: string, table: ReportTable | undefined): string {
  if (to === undefined) return name;
  const ending = extname(to);
  return `${to.slice(0, to.length - ending.length)}-${table?.key ?? 'more'}${ending}`;
}

function reportLines(document: ReportDocument, mostRows: number): string[] {
  const { title, lead, figures, tables, unknown } = document;
  return [
    title,
    ...aboutReport(document),
    '',
    lead,
    '',
    ...factLines(figures.map((figure) => [figure.title, figure.text] as const)),
    ...tables.flatMap((table) => ['', ...linesOf(table, mostRows)]),
    ...(unknown.length === 0 ? [] : ['', 'Not known:', ...unknown.map((sentence) => `  ${sentence}`)]),
  ];
}

function linesOf({ title, columns, rows, empty, note }: ReportTable, mostRows: number): string[] {
  if (rows.length === 0) return [`${title}: ${empty}`];
  const heads = columns.map((column) => ({
    title: column.title.toUpperCase(),
    ...(column.align === undefined ? {} : { align: column.align }),
  }));
  const left = rows.length - mostRows;
  return [
    title,
    ...tableLines(
      heads,
      rows.slice(0, mostRows).map((row) => row.map(({ text }) => text)),
    ),
    ...(left > 0 ? [`… and ${left} more; --rows shows them, and a file has them all.`] : []),
    ...(note === null ? [] : [note]),
  ];
}
