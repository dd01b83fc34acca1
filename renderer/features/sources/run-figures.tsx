/** What the runs of a source came to over a stretch of time: mean, what 95 of 100 stay within, and the most. */
import { figureNames, type FigureName } from '../../../shared/model/trend-figures.ts';
import { formatBytes, formatDuration, formatRate, type ByteUnits } from '../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { preferences } from '../../components/preferences.ts';
import { Skeleton } from '../../components/skeleton.tsx';
import { sayShare } from '../../components/trends-model.ts';

type RunFiguresProps = {
  readonly source: string;
  readonly days: number;
  /** Another text whenever a run has ended, or the day is another. */
  readonly print: string;
};

const titles: Readonly<Record<FigureName, string>> = {
  durationMs: 'Duration of a run',
  bytesTotal: 'Size of the source',
  bytesAdded: 'New data of a run',
  bytesStored: 'New data as stored',
  bytesPerSecond: 'New data per second',
  changeRate: 'Share that was new',
};

export function RunFigures({ source, days, print }: RunFiguresProps) {
  const units = preferences((chosen) => chosen.bytes);
  const answer = useAnswer(
    ['schedule.figures', source, days, print],
    (client, signal) => client.schedule.figures({ source, windows: [days] }, { signal }),
    { keepPrevious: true },
  );
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  const figures = answer.data?.windows[0]?.figures;
  if (figures === undefined) return <Skeleton lines={6} />;
  const rows = figureNames.map((name): Row => {
    const figure = figures[name] ?? null;
    const say = (part: 'mean' | 'p95' | 'max') => (figure === null ? '–' : sayFigure(figure[part], name, units));
    return { name, mean: say('mean'), p95: say('p95'), max: say('max') };
  });
  return (
    <DataTable label="What its runs came to" columns={columns} rows={rows} keyOf={({ name }) => name} maxHeight={330} />
  );
}

type Row = Readonly<{ name: FigureName } & Record<'mean' | 'p95' | 'max', string>>;

const columns: readonly Column<Row>[] = [
  {
    id: 'figure',
    header: 'Of runs that took a snapshot',
    width: 'minmax(180px, 2fr)',
    cell: ({ name }) => titles[name],
  },
  { id: 'mean', header: 'Mean', width: 'minmax(92px, 1fr)', align: 'end', cell: ({ mean }) => mean },
  { id: 'p95', header: '95 of 100 within', width: 'minmax(120px, 1fr)', align: 'end', cell: ({ p95 }) => p95 },
  { id: 'max', header: 'Most', width: 'minmax(92px, 1fr)', align: 'end', cell: ({ max }) => max },
];

function sayFigure(value: number, name: FigureName, units: ByteUnits): string {
  switch (name) {
    case 'durationMs':
      return formatDuration(value);
    case 'bytesPerSecond':
      return formatRate(value, units);
    case 'changeRate':
      return sayShare(value);
    case 'bytesTotal':
    case 'bytesAdded':
    case 'bytesStored':
      return formatBytes(value, units);
  }
}
