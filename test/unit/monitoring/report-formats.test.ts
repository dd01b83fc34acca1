import { describe, expect, test } from 'vitest';
import { tableAsCsv } from '../../../electron/engine/monitoring/reports/as-csv.ts';
import { reportAsHtml } from '../../../electron/engine/monitoring/reports/as-html.ts';
import { reportPages } from '../../../electron/engine/monitoring/reports/as-pdf.ts';
import { reportFiles } from '../../../electron/engine/monitoring/reports/formats.ts';
import { letterOf } from '../../../electron/engine/monitoring/reports/letter.ts';
import { pdfLines, pdfText, pdfWidth } from '../../../electron/engine/platform/pdf.ts';
import { reportNames, type ReportDocument, type ReportTable } from '../../../shared/model/reports/document.ts';
import { documentOf } from '../../support/report-facts.ts';

/** As RFC 4180 has it, with nothing forgiven: records of fields. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let rest = text;
  while (rest !== '') {
    const record: string[] = [];
    for (;;) {
      const match = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest);
      if (match === null) throw new Error(`no CSV: ${rest.slice(0, 40)}`);
      record.push((match[1] ?? match[2] ?? '').replaceAll('""', '"'));
      rest = rest.slice(match[0].length);
      if (match[3] === '\r\n') break;
    }
    records.push(record);
  }
  return records;
}

function first(document: ReportDocument): ReportTable {
  const [table] = document.tables;
  if (table === undefined) throw new Error('no table');
  return table;
}

describe('CSV', () => {
  test.each(reportNames.flatMap((name) => [0, 1, 1000].map((count) => [name, count] as const)))(
    'of %s with %i has as many fields in each record as in its first, and says what it is of',
    (name, count) => {
      const document = documentOf(name, count);
      for (const table of document.tables) {
        const [head = [], ...records] = parseCsv(tableAsCsv(document, table));
        expect(records).toHaveLength(table.rows.length);
        expect(records.filter(({ length }) => length !== head.length)).toEqual([]);
        expect(new Set(head).size).toBe(head.length);
        expect(head.slice(-8)).toEqual(
          ['report', 'from', 'to', 'zone', 'made_at', 'made_by', 'tenant', 'host'].map((key) =>
            key === 'report' ? key : `report_${key}`,
          ),
        );
      }
    },
  );

  test('holds no formula that came from outside, and numbers as they are, below zero too', () => {
    const cells = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', 'a,b', 'say "hi"', 'two\nlines', "'quoted"];
    const table: ReportTable = {
      ...first(documentOf('freshness', 0)),
      columns: [
        { key: 'name', title: 'Name', share: 1 },
        { key: 'amount', title: 'Amount', share: 1 },
      ],
      rows: cells.map((text) => [
        { text, value: text },
        { text: '-5', value: -5 },
      ]),
    };
    const [, ...records] = parseCsv(tableAsCsv(documentOf('freshness', 0), table));
    expect(records.map(([name]) => name)).toEqual([
      "'=1+1",
      "'+1",
      "'-1",
      "'@SUM(A1)",
      "'\tx",
      "'\rx",
      'a,b',
      'say "hi"',
      'two\nlines',
      "'quoted",
    ]);
    expect(new Set(records.map(([, amount]) => amount))).toEqual(new Set(['-5']));
  });
});

describe('HTML', () => {
  test.each(reportNames)('of %s has no markup of names, no script, and nothing from elsewhere', (name) => {
    for (const count of [0, 1, 1000]) {
      const html = reportAsHtml(documentOf(name, count));
      expect(html).not.toMatch(/<script|<img|<link|<b>|javascript:|url\(/i);
      expect(html).toContain("default-src 'none'");
      // What turns text around is shown, and turns nothing around.
      expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    }
  });

  test('says its time, zone, home, who made it, and what it does not know', () => {
    const html = reportAsHtml(documentOf('retention', 1));
    expect(html).toContain('The last 30 days: 2026-10-31 09:00 to 2026-11-30 09:00 (Europe/Berlin). All sources.');
    expect(html).toContain('Made 2026-11-30 09:00 by cli:anna, for default on workstation, Holdfast 1.0.0.');
    expect(html).toContain('What is not known');
    expect(html).toContain('Where this comes from');
  });
});

describe('PDF', () => {
  test.each(reportNames.flatMap((name) => [0, 1, 1000].map((count) => [name, count] as const)))(
    'of %s with %i keeps all text on its pages, and numbers them',
    (name, count) => {
      const pages = reportPages(documentOf(name, count));
      const words = pages.flatMap((page) => page.words);
      const outside = words.filter(({ text, font, size, x, y }) => {
        const right = x + pdfWidth(text, font, size);
        return x < 39 || right > 842 - 36 || y < 40 || y > 595 - 30;
      });
      expect(outside).toEqual([]);
      const numbers = pages.map((page) => page.words.at(-1)?.text);
      expect(numbers).toEqual(pages.map((_, at) => `Page ${at + 1} of ${pages.length}`));
    },
  );

  test('repeats the head of a table on each page that it goes on to', () => {
    const pages = reportPages(documentOf('freshness', 1000));
    const heads = pages.filter(({ words }) => words.some(({ text, font }) => text === 'Source' && font === 'bold'));
    // What is not known, and where it comes from, may fill the last by themselves.
    expect(heads.length).toBeGreaterThan(10);
    expect(heads.length).toBeGreaterThanOrEqual(pages.length - 1);
  });

  test('shows what its fonts have, and for the rest codes: nothing vanishes', () => {
    for (const text of ['Größe – 5 €, “so”…', 'Łódź, Čeština, Türkçe', 'Αρχείο', 'отчёт', 'Sao lưu hằng ngày'])
      expect(pdfText(text)).toBe(text);
    expect(pdfText('報告')).toBe('\\u{5831}\\u{544a}');
    expect(pdfText('a\u202eb')).toBe('a\\u{202e}b');
    // As macOS writes it.
    expect(pdfText('Gro\u0308\u00dfe')).toBe('Größe');
  });

  test('breaks lines at blanks, and a long word after a sign', () => {
    const style = { font: 'mono', size: 10 } as const;
    expect(pdfLines('restore /data/of/the/office now', style, 60)).toEqual([
      'restore',
      '/data/of/',
      'the/office',
      'now',
    ]);
    expect(pdfLines('x'.repeat(25), style, 60)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
  });
});

test('a letter tells the reports in words, has a file of each, and no two of one name', async () => {
  const documents = [documentOf('freshness', 1), documentOf('freshness', 1), documentOf('backups', 1)];
  const console = { hostname: 'workstation', tenant: 'default', zone: 'UTC' };
  const letter = await letterOf(
    {
      names: ['Monday', 'Odd\r\nBcc: all@example.org'],
      documents: documents.map((document) => ({ document, format: 'csv' as const })),
      kind: 'test',
      lateSinceMs: Date.UTC(2026, 10, 29, 7),
    },
    console,
  );
  expect(letter.message.title).toBe('Test of Monday, Odd Bcc: all@example.org');
  expect(letter.message.text).toContain('This is a test');
  expect(letter.message.text).toContain('It was to be sent 2026-11-29 07:00');
  expect(letter.message.text).toContain('FRESHNESS AND COVERAGE\nThe one source is within RPO.');
  const names = letter.files.map(({ name }) => name);
  expect(names).toHaveLength(6);
  expect(new Set(names).size).toBe(6);
  expect(letter.bytes).toBe(letter.files.reduce((sum, { bytes }) => sum + bytes.length, 0));
});

test('a file is named for what it is, whatever the tenant is called', async () => {
  const document = { ...documentOf('gaps', 0), tenant: '../Müller & Co' };
  const [file] = await reportFiles(document, 'csv');
  expect(file?.name).toBe('holdfast-gaps-___M_ller___Co-2026-11-30-0900.csv');
});
