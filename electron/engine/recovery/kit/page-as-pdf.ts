/**
 * A page as PDF (ISO 32000-1): text on A4 in the fonts that every reader has, so that it needs no library and no file of a
 * font. What those fonts cannot show stands as its code, `\u{441}`, and never vanishes.
 */
import type { Page, Section } from './page.ts';
import { harmless } from '../../../../shared/model/safe-text.ts';

type Line = { readonly text: string; readonly size: number; readonly font: 'F1' | 'F2' | 'F3'; readonly gap: number };

const [width, height, margin] = [595, 842, 56] as const;
/** Of Helvetica, in thousandths of its size: wide enough for any text that is mostly lower case. */
const letterWidth = { F1: 0.5, F2: 0.56, F3: 0.6 } as const;

export function pageAsPdf({ title, lead, sections }: Page): Buffer {
  const lines = [
    ...wrapped(title, { size: 18, font: 'F2', gap: 4 }),
    ...wrapped(lead, { size: 11, font: 'F1', gap: 4 }),
    ...sections.flatMap(sectionLines),
  ];
  return document(pagesOf(lines).map(contentOf));
}

function sectionLines({ title, paragraphs, facts, commands }: Section): readonly Line[] {
  const body = { size: 9.5, font: 'F1', gap: 2 } as const;
  return [
    ...wrapped(title, { size: 12, font: 'F2', gap: 14 }),
    ...paragraphs.flatMap((paragraph) => wrapped(paragraph, body)),
    ...facts.flatMap(([name, value]) => wrapped(`${name}: ${value}`, body)),
    ...commands.flatMap(({ purpose, command }) => [
      ...wrapped(purpose, body),
      ...wrapped(command, { size: 8.5, font: 'F3', gap: 1 }),
    ]),
  ];
}

/** The gap is above the first of them. */
function wrapped(text: string, style: Omit<Line, 'text'>): readonly Line[] {
  const columns = Math.floor((width - 2 * margin) / (style.size * letterWidth[style.font]));
  const lines: string[] = [];
  let rest = shown(text);
  while (rest.length > columns) {
    const blank = rest.lastIndexOf(' ', columns);
    const end = blank > columns / 2 ? blank : columns;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest].map((line, at) => ({ ...style, text: line, gap: at === 0 ? style.gap : 0 }));
}

/** Latin letters as WinAnsi has them from 161 on, where it agrees with Unicode. */
function shown(text: string): string {
  return harmless(text)
    .replaceAll('…', '...')
    .replace(/[^ -~\u00a1-\u00ff]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

function pagesOf(lines: readonly Line[]): readonly (readonly (Line & { readonly y: number })[])[] {
  const pages: (Line & { y: number })[][] = [[]];
  let y = height - margin;
  for (const line of lines) {
    y -= line.gap + line.size * 1.3;
    if (y < margin) {
      pages.push([]);
      y = height - margin - line.size;
    }
    pages.at(-1)?.push({ ...line, y });
  }
  return pages;
}

function contentOf(lines: readonly (Line & { readonly y: number })[], at: number): string {
  const texts = [...lines, { text: `Page ${at + 1}`, size: 8, font: 'F1' as const, gap: 0, y: margin / 2 }];
  const drawn = texts.map(
    ({ text, size, font, y }) => `/${font} ${size} Tf 1 0 0 1 ${margin} ${y.toFixed(1)} Tm (${escaped(text)}) Tj`,
  );
  return `BT\n${drawn.join('\n')}\nET`;
}

function escaped(text: string): string {
  return text.replace(/[\\()]/g, (character) => `\\${character}`);
}

/** Objects: 1 catalog, 2 pages, 3 to 5 fonts, then a page and its content each. */
function document(contents: readonly string[]): Buffer {
  const font = (name: string): string =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const kids = contents.map((_, at) => `${6 + 2 * at} 0 R`).join(' ');
  const fonts = '<< /F1 3 0 R /F2 4 0 R /F3 5 0 R >>';
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${contents.length} >>`,
    font('Helvetica'),
    font('Helvetica-Bold'),
    font('Courier'),
    ...contents.flatMap((content, at) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Resources << /Font ${fonts} >> /Contents ${7 + 2 * at} 0 R >>`,
      `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const end = `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text + end, 'latin1');
}
