/** A page as PDF: text on A4. */
import { a4, pdfFile, pdfShow, pdfText } from '../../platform/pdf.ts';
import type { Page, Section } from './page.ts';

type Line = { readonly text: string; readonly size: number; readonly font: 'F1' | 'F2' | 'F3'; readonly gap: number };

const { width, height } = a4;
const margin = 56;
/** Of Helvetica, in thousandths of its size: wide enough for any text that is mostly lower case. */
const letterWidth = { F1: 0.5, F2: 0.56, F3: 0.6 } as const;

export function pageAsPdf({ title, lead, sections }: Page): Buffer {
  const lines = [
    ...wrapped(title, { size: 18, font: 'F2', gap: 4 }),
    ...wrapped(lead, { size: 11, font: 'F1', gap: 4 }),
    ...sections.flatMap(sectionLines),
  ];
  return pdfFile(pagesOf(lines).map(contentOf), a4, title);
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
  let rest = pdfText(text);
  while (rest.length > columns) {
    const blank = rest.lastIndexOf(' ', columns);
    const end = blank > columns / 2 ? blank : columns;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest].map((line, at) => ({ ...style, text: line, gap: at === 0 ? style.gap : 0 }));
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
  const drawn = texts.map(({ text, size, font, y }) => pdfShow(text, font, size, margin, y));
  return `BT\n${drawn.join('\n')}\nET`;
}
