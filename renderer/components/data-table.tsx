/**
 * A table for any number of rows: only those in sight are drawn. Arrows, Page Up and Down, Home and End move, Enter
 * opens, Space selects, Shift extends, Ctrl+A selects all.
 */
import { Checkbox } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import styles from './data-table.module.css';
import { EmptyState } from './empty-state.tsx';
import { useDelayed } from './skeleton.tsx';
import { TableRow, type RowHandlers } from './table-row.tsx';
import { extended, moveFor, nextSort, sorted, toggled, type Sort, type SortValue } from './table-model.ts';

export type Column<Row> = {
  readonly id: string;
  readonly header: ReactNode;
  /** A track of a CSS grid: `120px`, `minmax(160px, 1fr)`. */
  readonly width: string;
  /** Numbers stand at the end. */
  readonly align?: 'end';
  readonly cell: (row: Row) => ReactNode;
  /** Shown only in a table that is at least as wide, in pixels: what it says stands elsewhere, too. */
  readonly minTable?: number;
  /** Makes the column sortable. Without `rows` (with a `window`) it only says so: whoever answers the sort sorts. */
  readonly sortBy?: (row: Row) => SortValue;
};

/** Rows that are fetched as they come into sight, for folders of any size. */
export type RowWindow<Row> = {
  readonly count: number;
  /** Undefined: not fetched yet; a grey line stands there. */
  readonly rowAt: (index: number) => Row | undefined;
  /** What is in sight, and a little around it. */
  readonly onRange: (from: number, to: number) => void;
};

export type Selection = {
  readonly keys: ReadonlySet<string>;
  readonly onChange: (keys: ReadonlySet<string>) => void;
  /** Selects all, also what was not fetched; without it, all that was. */
  readonly onAll?: () => void;
};

type DataTableProps<Row> = {
  /** What the table holds, for those who do not see it. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** All rows, or a window over them. */
  readonly rows: readonly Row[] | RowWindow<Row>;
  readonly keyOf: (row: Row) => string;
  readonly onOpen?: ((row: Row) => void) | undefined;
  readonly selection?: Selection | undefined;
  /** The row that is shown elsewhere on the screen. */
  readonly currentKey?: string | undefined;
  readonly onCurrent?: ((row: Row) => void) | undefined;
  /** Given: the order is kept outside, as it must be for a window. */
  readonly sort?: Sort | null;
  readonly onSort?: ((sort: Sort | null) => void) | undefined;
  readonly loading?: boolean;
  /** What it holds could not be asked for, and the screen says why: then it is not said to be empty. */
  readonly failed?: boolean;
  readonly empty?: ReactNode;
  /** Other keys while the table has the focus. */
  readonly onKey?: ((event: KeyboardEvent, row: Row | undefined) => void) | undefined;
  readonly rowHeight?: number;
  /** As high as its rows up to this many pixels; without it, as high as its place. */
  readonly maxHeight?: number;
  /** Keeps the end in sight while rows are added, until somebody scrolls away: for logs. */
  readonly follow?: boolean;
  /** Called when the end comes into sight: for lists that are fetched page by page. */
  readonly onEnd?: (() => void) | undefined;
};

const headerHeight = 28;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, keyOf, onOpen, selection, currentKey, onCurrent, loading = false, failed = false } = props;
  const { empty, onKey, onEnd, rowHeight = 29, maxHeight, follow = false } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useFitting(props.columns, scroller);
  const id = useId();
  const [ownSort, setOwnSort] = useState<Sort | null>(null);
  const sort = props.sort === undefined ? ownSort : props.sort;
  const setSort = props.onSort ?? setOwnSort;
  const { count, rowAt, onRange } = useWindow(rows, columns, props.sort === undefined ? ownSort : null);
  const [current, setCurrent] = useState(-1);
  const anchor = useRef(-1);
  const showsSkeleton = useDelayed(loading && count === 0);

  // oxlint-disable-next-line react/incompatible-library -- no compiler memoises this
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    // What the sticky header covers is not in sight.
    scrollPaddingStart: headerHeight,
    paddingStart: 0,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= 0) onRange?.(first, last);
    if (count > 0 && last >= count - 1) onEnd?.();
  }, [first, last, count, onRange, onEnd]);

  const atEnd = useRef(true);
  useEffect(() => {
    if (follow && atEnd.current && count > 0) virtualizer.scrollToIndex(count - 1, { align: 'end' });
  }, [follow, count, virtualizer]);

  const active = current < count ? current : -1;
  const rowId = (index: number) => `${id}-row-${index}`;
  const keyAt = (index: number) => {
    const row = rowAt(index);
    return row === undefined ? undefined : keyOf(row);
  };
  const goTo = (index: number) => {
    setCurrent(index);
    virtualizer.scrollToIndex(index);
    const row = rowAt(index);
    if (row !== undefined) onCurrent?.(row);
  };
  const select = (index: number, extend: boolean) => {
    if (selection === undefined) return;
    if (extend && anchor.current >= 0) {
      selection.onChange(extended(selection.keys, keyAt, anchor.current, index));
      return;
    }
    const key = keyAt(index);
    anchor.current = index;
    if (key !== undefined) selection.onChange(toggled(selection.keys, key));
  };
  const selectAll = () => {
    if (selection?.onAll !== undefined) {
      selection.onAll();
      return;
    }
    const all = new Set<string>();
    for (let index = 0; index < count; index += 1) {
      const key = keyAt(index);
      if (key !== undefined) all.add(key);
    }
    selection?.onChange(all);
  };

  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    // Keys of what stands in a row are its own.
    if (event.target !== event.currentTarget) return;
    const row = active < 0 ? undefined : rowAt(active);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const move = moveFor(event.key, event.shiftKey, { current: active, count, page });
    if (move !== null) {
      event.preventDefault();
      if (move.extends && selection !== undefined) {
        if (anchor.current < 0) anchor.current = Math.max(0, active);
        selection.onChange(extended(selection.keys, keyAt, anchor.current, move.to));
      }
      goTo(move.to);
    } else if (event.key === 'Enter' && row !== undefined) {
      event.preventDefault();
      onOpen?.(row);
    } else if (event.key === ' ' && active >= 0 && selection !== undefined) {
      event.preventDefault();
      select(active, event.shiftKey);
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && selection !== undefined) {
      event.preventDefault();
      selectAll();
    } else {
      onKey?.(event, row);
    }
  };
  const click = (event: MouseEvent, index: number) => {
    const row = rowAt(index);
    if (row === undefined || isControl(event.target)) return;
    setCurrent(index);
    onCurrent?.(row);
    if (selection !== undefined && (event.ctrlKey || event.metaKey || event.shiftKey)) select(index, event.shiftKey);
    else if (onCurrent === undefined) onOpen?.(row);
  };

  const open = (index: number) => {
    const row = rowAt(index);
    // Where one click shows a row beside the table, two open it.
    if (row !== undefined && onCurrent !== undefined) onOpen?.(row);
  };
  const handlers = useSteady({ click, open, select });

  const tracks = [...(selection === undefined ? [] : ['28px']), ...columns.map(({ width }) => width)].join(' ');
  const height = count * rowHeight;
  return (
    <div
      className={styles['frame']}
      style={maxHeight === undefined ? undefined : { maxHeight }}
      data-fill={maxHeight === undefined || undefined}
    >
      <div
        ref={scroller}
        className={styles['scroller']}
        role="grid"
        aria-label={label}
        aria-rowcount={count + 1}
        aria-colcount={columns.length + (selection === undefined ? 0 : 1)}
        aria-multiselectable={selection !== undefined || undefined}
        aria-busy={loading || undefined}
        aria-activedescendant={active < 0 ? undefined : rowId(active)}
        tabIndex={0}
        style={{ '--tracks': tracks, '--row': `${rowHeight}px` } as React.CSSProperties}
        onKeyDown={press}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          atEnd.current = scrollTop + clientHeight >= scrollHeight - rowHeight;
        }}
        onFocus={(event) => {
          if (event.target === event.currentTarget && active < 0 && count > 0) setCurrent(first);
        }}
      >
        <div className={styles['header']} role="row" aria-rowindex={1}>
          {selection === undefined ? null : (
            <div role="columnheader" className={styles['tick']}>
              <Checkbox
                aria-label="Select all"
                size="14px"
                checked={count > 0 && selection.keys.size >= count}
                indeterminate={selection.keys.size > 0 && selection.keys.size < count}
                onChange={() => (selection.keys.size >= count ? selection.onChange(new Set()) : selectAll())}
              />
            </div>
          )}
          {columns.map((column) => (
            <HeaderCell key={column.id} column={column} sort={sort} onSort={setSort} />
          ))}
        </div>
        {count === 0 ? null : (
          <div className={styles['body']} role="presentation" style={{ height }}>
            {items.map(({ index, start }) => {
              const row = rowAt(index);
              const key = row === undefined ? undefined : keyOf(row);
              return (
                <TableRow
                  key={index}
                  id={rowId(index)}
                  index={index}
                  start={start}
                  row={row}
                  columns={columns}
                  selected={selection === undefined ? null : key !== undefined && selection.keys.has(key)}
                  active={index === active}
                  current={key !== undefined && key === currentKey}
                  opens={onOpen !== undefined || onCurrent !== undefined}
                  handlers={handlers}
                />
              );
            })}
          </div>
        )}
        {showsSkeleton ? <Ghosts columns={columns.length} lines={maxHeight === undefined ? 8 : 3} /> : null}
      </div>
      {count === 0 && !loading ? <div className={styles['empty']}>{failed ? <Unknown /> : empty}</div> : null}
    </div>
  );
}

/** The columns there is room for. */
function useFitting<Row>(
  columns: readonly Column<Row>[],
  table: RefObject<HTMLDivElement | null>,
): readonly Column<Row>[] {
  const [width, setWidth] = useState(Infinity);
  useLayoutEffect(() => {
    const { current } = table;
    if (current === null) return undefined;
    const measure = () => setWidth(current.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [table]);
  return useMemo(() => columns.filter(({ minTable = 0 }) => width >= minTable), [columns, width]);
}

/** Functions that stay the same objects and do what the newest of them would. */
function useSteady(newest: RowHandlers): RowHandlers {
  const held = useRef(newest);
  useLayoutEffect(() => {
    held.current = newest;
  });
  const [steady] = useState<RowHandlers>(() => ({
    click: (event, index) => held.current.click(event, index),
    open: (index) => held.current.open(index),
    select: (index, extend) => held.current.select(index, extend),
  }));
  return steady;
}

type HeaderCellProps<Row> = {
  readonly column: Column<Row>;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
};

function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  const direction = sort?.column === column.id ? (sort.descending ? 'descending' : 'ascending') : undefined;
  if (column.sortBy === undefined) {
    return (
      <div role="columnheader" data-align={column.align}>
        {column.header}
      </div>
    );
  }
  return (
    <div role="columnheader" aria-sort={direction ?? 'none'} data-align={column.align}>
      <button type="button" className={styles['sort']} onClick={() => onSort(nextSort(sort, column.id))}>
        {column.header}
        <span aria-hidden="true">{direction === undefined ? '' : direction === 'ascending' ? ' ▴' : ' ▾'}</span>
      </button>
    </div>
  );
}

type GhostsProps = { readonly columns: number; readonly lines: number };

/** With a height of their own: a table that is as high as its rows has none yet. */
function Ghosts({ columns, lines }: GhostsProps) {
  return (
    <div className={styles['body']} role="presentation" style={{ height: `calc(var(--row) * ${lines})` }}>
      {Array.from({ length: lines }, (_, line) => (
        <div
          key={line}
          className={styles['row']}
          role="presentation"
          style={{ transform: `translateY(calc(var(--row) * ${line}))` }}
        >
          {Array.from({ length: columns }, (__, column) => (
            <div key={column} role="presentation">
              <i className={styles['ghost']} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

function Unknown() {
  return <EmptyState title="Not known">It could not be asked for.</EmptyState>;
}

type Seen<Row> = Omit<RowWindow<Row>, 'onRange'> & { readonly onRange?: RowWindow<Row>['onRange'] };

function useWindow<Row>(
  rows: readonly Row[] | RowWindow<Row>,
  columns: readonly Column<Row>[],
  sort: Sort | null,
): Seen<Row> {
  return useMemo(() => {
    if ('rowAt' in rows) return rows;
    const valueOf = sort === null ? undefined : columns.find(({ id }) => id === sort.column)?.sortBy;
    const inOrder = valueOf === undefined || sort === null ? rows : sorted(rows, valueOf, sort.descending);
    return { count: inOrder.length, rowAt: (index) => inOrder[index] };
  }, [rows, columns, sort]);
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, label, select, textarea') !== null;
}
