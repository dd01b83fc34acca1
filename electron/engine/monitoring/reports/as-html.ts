/** A report as one HTML page that needs nothing else: no script, no picture, no font from elsewhere; read on screen and printed. */
import type {
  ReportCell,
  ReportColumn,
  ReportDocument,
  ReportTable,
} from '../../../../shared/model/reports/document.ts';
import { aboutReport } from '../../../../shared/model/reports/about.ts';
import { htmlPage } from '../../../../shared/model/html-page.ts';
import { escapeHtml } from '../../../../shared/model/safe-text.ts';

const style = `
  :root { color-scheme: light; }
  body { font: 14px/1.45 system-ui, sans-serif; color: #14181d; background: #fff; max-width: 78rem; margin: 1.5rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
  h2 { font-size: 1.1rem; margin: 1.75rem 0 .4rem; break-after: avoid; }
  .lead { font-size: 1.05rem; margin: .25rem 0 1rem; }
  .about { color: #48505a; margin: 0; font-size: .85rem; overflow-wrap: anywhere; }
  .note { color: #48505a; margin: 0 0 .4rem; font-size: .85rem; break-after: avoid; }
  .figures { display: flex; flex-wrap: wrap; gap: .5rem 2.25rem; margin: 1rem 0; padding: 0; break-inside: avoid; }
  .figures div { min-width: 7rem; }
  .figures dt { color: #48505a; font-size: .8rem; }
  .figures dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
  table { border-collapse: collapse; width: 100%; table-layout: fixed; font-size: .85rem; }
  caption { text-align: start; }
  thead { display: table-header-group; }
  th { text-align: start; vertical-align: bottom; color: #48505a; font-weight: 600; border-bottom: 1px solid #7a838e; padding: .25rem .4rem; overflow-wrap: break-word; hyphens: auto; }
  td { vertical-align: top; border-bottom: 1px solid #dde1e6; padding: .25rem .4rem; overflow-wrap: anywhere; }
  .right { text-align: end; font-variant-numeric: tabular-nums; }
  tr { break-inside: avoid; }
  .good { color: #17663a; } .warning { color: #7a4d00; font-weight: 600; } .bad { color: #a1161f; font-weight: 600; }
  ul { margin: .25rem 0; padding-inline-start: 1.2rem; } li { overflow-wrap: anywhere; }
  .empty { color: #48505a; }
  @page { size: A4 landscape; margin: 14mm; }
  @media print { body { margin: 0; padding: 0; max-width: none; font-size: 9.5pt; } }
`;

export function reportAsHtml(document: ReportDocument): string {
  const { title, lead, figures, tables, unknown, facts } = document;
  const body = `<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(lead)}</p>
${aboutReport(document)
  .map((line) => `<p class="about">${escapeHtml(line)}</p>`)
  .join('\n')}
<dl class="figures">
${figures.map((one) => `<div><dt>${escapeHtml(one.title)}</dt><dd class="${one.tone ?? ''}">${escapeHtml(one.text)}</dd></div>`).join('\n')}
</dl>
${tables.map(tableHtml).join('\n')}
${listHtml('What is not known', unknown)}
${listHtml('Where this comes from', facts)}`;
  return htmlPage({ title, style, body });
}

function tableHtml({ title, note, columns, rows, empty }: ReportTable): string {
  const head = `<section>\n<h2>${escapeHtml(title)}</h2>\n${note === null ? '' : `<p class="note">${escapeHtml(note)}</p>\n`}`;
  if (rows.length === 0) return `${head}<p class="empty">${escapeHtml(empty)}</p>\n</section>`;
  const all = columns.reduce((sum, { share }) => sum + share, 0);
  const widths = columns.map(({ share }) => `<col style="width:${((100 * share) / all).toFixed(2)}%">`).join('');
  const titles = columns.map((column) => `<th scope="col"${classOf(column)}>${escapeHtml(column.title)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell, at) => cellHtml(cell, columns[at])).join('')}</tr>`).join('\n');
  return `${head}<table>\n<colgroup>${widths}</colgroup>\n<thead><tr>${titles}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>\n</section>`;
}

function classOf(column: ReportColumn | undefined): string {
  return column?.align === 'right' ? ' class="right"' : '';
}

/** Whatever direction a name is written in, the cells beside it stay where they are. */
function cellHtml({ text, tone }: ReportCell, column: ReportColumn | undefined): string {
  const shown = `<bdi>${escapeHtml(text)}</bdi>`;
  return `<td${classOf(column)}>${tone === undefined ? shown : `<span class="${tone}">${shown}</span>`}</td>`;
}

function listHtml(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<section>\n<h2>${title}</h2>\n<ul>\n${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}\n</ul>\n</section>`;
}
