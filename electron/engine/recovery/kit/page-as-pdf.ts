/** A page as PDF: text on A4. */
import { a4, pdfFile, pdfLines, pdfText, type PdfPage, type PdfStyle, type PdfWords } from '../../platform/pdf.ts';
import type { Page, Section } from './page.ts';

type Line = PdfStyle & { readonly text: string; readonly gap: number };

const { width, height } = a4;
const margin = 56;

export function pageAsPdf({ title, lead, sections }: Page): Promise<Buffer> {
  const lines = [
    ...wrapped(title, { size: 18, font: 'bold', gap: 4 }),
    ...wrapped(lead, { size: 11, font: 'regular', gap: 4 }),
    ...sections.flatMap(sectionLines),
  ];
  return pdfFile(pagesOf(lines), a4, title);
}

function sectionLines({ title, paragraphs, facts, commands }: Section): readonly Line[] {
  const body = { size: 9.5, font: 'regular', gap: 2 } as const;
  return [
    ...wrapped(title, { size: 12, font: 'bold', gap: 14 }),
    ...paragraphs.flatMap((paragraph) => wrapped(paragraph, body)),
    ...facts.flatMap(([name, value]) => wrapped(`${name}: ${value}`, body)),
    ...commands.flatMap(({ purpose, command }) => [
      ...wrapped(purpose, body),
      ...wrapped(command, { size: 8.5, font: 'mono', gap: 1 }),
    ]),
  ];
}

/** The gap is above the first of them. */
function wrapped(text: string, style: Omit<Line, 'text'>): readonly Line[] {
  return pdfLines(pdfText(text), style, width - 2 * margin).map((line, at) => ({
    ...style,
    text: line,
    gap: at === 0 ? style.gap : 0,
  }));
}

function pagesOf(lines: readonly Line[]): readonly PdfPage[] {
  const pages: PdfWords[][] = [[]];
  let y = margin;
  for (const { gap, ...line } of lines) {
    y += gap + line.size * 1.3;
    if (y > height - margin) {
      pages.push([]);
      y = margin + line.size;
    }
    pages.at(-1)?.push({ ...line, x: margin, y });
  }
  return pages.map((words, at) => ({ words: [...words, pageNumber(at + 1)], rules: [] }));
}

function pageNumber(number: number): PdfWords {
  return { text: `Page ${number}`, size: 8, font: 'regular', x: margin, y: height - margin / 2 };
}
