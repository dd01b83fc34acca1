/** One row of a table, drawn again only when something about it changes: while one scrolls, nothing does. */
import { memo, type MouseEvent } from 'react';
import type { Column } from './data-table.tsx';
import styles from './data-table.module.css';

/** Stay the same for the life of the table. */
export type RowHandlers = {
  readonly click: (event: MouseEvent, index: number) => void;
  readonly open: (index: number) => void;
  readonly select: (index: number, extend: boolean) => void;
};

type TableRowProps<Row> = {
  readonly id: string;
  readonly index: number;
  /** Pixels from the top. */
  readonly start: number;
  /** Undefined: not fetched yet. */
  readonly row: Row | undefined;
  readonly columns: readonly Column<Row>[];
  /** Null: rows of this table are not selected. */
  readonly selected: boolean | null;
  readonly active: boolean;
  readonly current: boolean;
  readonly opens: boolean;
  readonly handlers: RowHandlers;
};

function DrawnRow<Row>({
  id,
  index,
  start,
  row,
  columns,
  selected,
  active,
  current,
  opens,
  handlers,
}: TableRowProps<Row>) {
  return (
    // Keys reach a row through the grid, which holds the focus.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected ?? undefined}
      className={styles['row']}
      data-active={active || undefined}
      data-current={current || undefined}
      data-selected={selected === true || undefined}
      data-opens={opens || undefined}
      style={{ transform: `translateY(${start}px)` }}
      onClick={(event) => handlers.click(event, index)}
      onDoubleClick={() => handlers.open(index)}
    >
      {selected === null ? null : (
        <div role="gridcell" className={styles['tick']}>
          {row === undefined ? null : (
            <input
              type="checkbox"
              className={styles['check']}
              aria-label="Select"
              tabIndex={-1}
              checked={selected}
              onChange={() => undefined}
              onClick={(event) => handlers.select(index, event.shiftKey)}
            />
          )}
        </div>
      )}
      {columns.map((column) => (
        <div key={column.id} role="gridcell" data-align={column.align}>
          {row === undefined ? <i className={styles['ghost']} /> : column.cell(row)}
        </div>
      ))}
    </div>
  );
}

export const TableRow = memo(DrawnRow) as typeof DrawnRow;
