/** Tables as comma-separated values (RFC 4180), safe to open in a spreadsheet. Pure. */

export type CsvCell = string | number | boolean | null;

/** One line for each row, the names first, without line ends. Null is an empty cell. */
export function csvLines(names: readonly string[], rows: readonly (readonly CsvCell[])[]): string[] {
  return [names, ...rows].map((row) => row.map(cellText).join(','));
}

/** A file as RFC 4180 has it. */
export function csvFile(names: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return csvLines(names, rows)
    .map((line) => `${line}\r\n`)
    .join('');
}

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  // A spreadsheet takes a text that begins so for a formula; names come from outside.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
