/**
 * A table of a report as CSV (RFC 4180): one record for each row, the columns named in the first line, and at the end of each
 * record which report of which home and time it is of, so that no file stands without that.
 */
import type { ReportCell, ReportDocument, ReportTable } from '../../../../shared/model/reports/document.ts';

const lineEnd = '\r\n';
/** What a spreadsheet takes for a formula where a cell begins with it. */
const formulaStart = /^[=+\-@\t\r]/;

export function tableAsCsv(document: ReportDocument, { columns, rows }: ReportTable): string {
  const { report, period, zone, madeAt, madeBy, tenant, home } = document;
  const about = {
    report,
    from: period?.from ?? '',
    to: period?.to ?? '',
    zone,
    made_at: madeAt,
    made_by: madeBy,
    tenant,
    host: home.host,
  };
  const head = [
    ...columns.map(({ key }) => key),
    ...Object.keys(about).map((key) => `report_${key}`.replace('report_report', 'report')),
  ];
  const end = Object.values(about).map((value) => field(value));
  const records = rows.map((row) => [...row.map(cell), ...end]);
  return [head, ...records].map((record) => record.join(',') + lineEnd).join('');
}

function cell({ value }: ReportCell): string {
  if (value === null) return '';
  return typeof value === 'number' ? String(value) : field(value);
}

/** A text from outside that would be a formula is one no more: an apostrophe stands before it. */
function field(text: string): string {
  const safe = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n']|^ | $/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
