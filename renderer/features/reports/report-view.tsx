/** A report on screen: the same words and numbers as on paper. */
import { useMemo, type ReactNode } from 'react';
import { aboutReport } from '../../../shared/model/reports/about.ts';
import type {
  ReportCell,
  ReportColumn,
  ReportDocument,
  ReportTable,
  Tone,
} from '../../../shared/model/reports/document.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { Panel } from '../../components/page.tsx';
import { StatusMark } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './reports.module.css';

type Row = { readonly key: string; readonly cells: readonly ReportCell[] };

export function ReportView({ document }: { readonly document: ReportDocument }) {
  const { title, lead, figures, tables, unknown, facts } = document;
  return (
    <article className={styles['report']} aria-label={title}>
      <Panel>
        <h2 className={styles['title']}>{title}</h2>
        <p className={styles['lead']}>{visibleText(lead)}</p>
        {aboutReport(document).map((line) => (
          <p key={line} className={styles['about']}>
            {visibleText(line)}
          </p>
        ))}
        <dl className={styles['figures']}>
          {figures.map(({ key, title: name, text, tone }) => (
            <div key={key}>
              <dt>{name}</dt>
              <dd data-tone={tone}>{visibleText(text)}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      {tables.map((table) => (
        <Table key={table.key} table={table} />
      ))}
      <Sentences title="What is not known" sentences={unknown} />
      <Sentences title="Where this comes from" sentences={facts} />
    </article>
  );
}

function Table({ table }: { readonly table: ReportTable }) {
  const { title, note, columns, rows, empty } = table;
  const shown = useMemo(
    () =>
      columns.map(({ key, title: header, share, align }, at): Column<Row> => ({
        id: key,
        header,
        width: `minmax(${align === undefined ? 76 : 56}px, ${share}fr)`,
        ...(align === 'right' ? { align: 'end' } : {}),
        cell: ({ cells }) => shownCell(cells[at]),
        sortBy: ({ cells }) => cells[at]?.value ?? null,
      })),
    [columns],
  );
  const keyed = useMemo(() => rows.map((cells, at): Row => ({ key: String(at), cells })), [rows]);
  return (
    <Panel title={title} flush={rows.length > 0}>
      {note === null ? null : <p className={styles['note']}>{note}</p>}
      {rows.length === 0 ? (
        <p className={styles['empty']}>{empty}</p>
      ) : (
        <div className={styles['wide']}>
          <div style={{ minWidth: leastOf(columns) }}>
            <DataTable label={title} columns={shown} rows={keyed} keyOf={({ key }) => key} maxHeight={420} />
          </div>
        </div>
      )}
    </Panel>
  );
}

/** Pixels; a table that has no room for them is moved sideways. */
function leastWidth(key: string, align: ReportColumn['align']): number {
  if (/_at$|until$/.test(key)) return 134;
  return align === 'right' ? 68 : 92;
}

const inner = 16;

function leastOf(columns: readonly ReportColumn[]): number {
  return columns.reduce((sum, { key, align }) => sum + leastWidth(key, align) + inner, 2 * inner);
}

const marks: Readonly<Record<Tone, 'good' | 'part' | 'fail'>> = { good: 'good', warning: 'part', bad: 'fail' };

/** The text says the state too: the sign is for the eye. */
function shownCell(cell: ReportCell | undefined): ReactNode {
  if (cell === undefined) return null;
  const text = visibleText(cell.text);
  return (
    <span className={styles['cell']} title={text} data-tone={cell.tone}>
      {cell.tone === 'bad' || cell.tone === 'warning' ? (
        <StatusMark tone={marks[cell.tone]} label={cell.tone === 'bad' ? 'wrong' : 'attention'} />
      ) : null}
      <bdi>{text}</bdi>
    </span>
  );
}

function Sentences({ title, sentences }: { readonly title: string; readonly sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <Panel title={title}>
      <ul className={styles['sentences']}>
        {sentences.map((sentence) => (
          <li key={sentence}>{visibleText(sentence)}</li>
        ))}
      </ul>
    </Panel>
  );
}
