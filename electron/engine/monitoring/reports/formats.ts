/** A report as files: one of each format, and of CSV one for each table. */
import type { ReportDocument } from '../../../../shared/model/reports/document.ts';
import { timeWords } from '../../../../shared/model/reports/document.ts';
import { tableAsCsv } from './as-csv.ts';
import { reportAsHtml } from './as-html.ts';
import type { ReportFormat } from '../../../../shared/model/reports/formats.ts';

export type ReportFile = { readonly name: string; readonly mediaType: string; readonly bytes: Buffer };

/** The first is the one that matters most. */
export async function reportFiles(document: ReportDocument, format: ReportFormat): Promise<readonly ReportFile[]> {
  const name = nameOf(document);
  switch (format) {
    case 'html':
      return [{ name: `${name}.html`, mediaType: 'text/html', bytes: Buffer.from(reportAsHtml(document)) }];
    case 'pdf': {
      const { reportAsPdf } = await import('./as-pdf.ts');
      return [{ name: `${name}.pdf`, mediaType: 'application/pdf', bytes: await reportAsPdf(document) }];
    }
    case 'json':
      return [
        {
          name: `${name}.json`,
          mediaType: 'application/json',
          bytes: Buffer.from(`${JSON.stringify(document, null, 2)}\n`),
        },
      ];
    case 'csv':
      return document.tables.map((table, at) => ({
        name: at === 0 ? `${name}.csv` : `${name}-${table.key}.csv`,
        mediaType: 'text/csv',
        bytes: Buffer.from(tableAsCsv(document, table)),
      }));
  }
}

/** Safe on every file system. */
function nameOf({ report, tenant, madeAt, zone }: ReportDocument): string {
  const at = timeWords(Date.parse(madeAt), zone).replace(' ', '-').replace(':', '');
  return `holdfast-${report}-${tenant.replace(/[^A-Za-z0-9_-]/g, '_')}-${at}`;
}
