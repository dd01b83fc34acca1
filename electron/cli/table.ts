import { columnsOf, visible } from './display.ts';

export type Column = { readonly title: string; readonly align?: 'left' | 'right' };

/** Lines of a table with aligned columns, the titles first. Cells are made safe to print. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const safeRows = [columns.map((column) => column.title), ...rows.map((row) => row.map(visible))];
  const widths = columns.map((_, index) => widest(safeRows.map((row) => row[index] ?? '')));
  return safeRows.map((row) =>
    columns
      .map((column, index) => pad(row[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
}

/** Lines of `name  value` pairs, indented, the values below each other. */
export function factLines(facts: readonly (readonly [name: string, value: string])[]): string[] {
  const width = widest(facts.map(([name]) => name));
  return facts.map(([name, value]) => `  ${pad(name, width, 'left')}  ${visible(value)}`);
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, columnsOf(text)), 0);
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return align === 'right' ? space + text : text + space;
}
