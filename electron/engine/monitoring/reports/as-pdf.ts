/** A report as PDF: A4 across, tables whose head stands on each page, rows that are not torn apart. */
import { aboutReport } from '../../../../shared/model/reports/about.ts';
import type {
  ReportCell,
  ReportDocument,
  ReportFigure,
  ReportTable,
  Tone,
} from '../../../../shared/model/reports/document.ts';
import {
  a4Landscape,
  pdfFile,
  pdfLines,
  pdfText,
  pdfWidth,
  type PdfFont,
  type PdfPage,
  type PdfRule,
  type PdfWords,
} from '../../platform/pdf.ts';

type Style = { readonly font: PdfFont; readonly size: number; readonly color?: string };
type Line = { readonly text: string; readonly x: number; readonly dy: number; readonly style: Style };
/** What stays together on a page: lines, each so far below its top. */
type Block = {
  readonly height: number;
  readonly lines: readonly Line[];
  /** A thin line below it. */
  readonly rule?: 'strong' | 'light';
};

const { width, height } = a4Landscape;
const margin = 40;
const foot = 24;
const room = width - 2 * margin;
/** What stands lower begins the next page. */
const bottom = height - margin - foot;
const gap = 10;
const leading = 1.28;

const black = '#14171c';
const grey = '#474f59';
const tones: Readonly<Record<Tone, string>> = { good: '#17663b', warning: '#7a4d00', bad: '#a1171f' };
const ruleColors = { strong: '#737a87', light: '#dee0e6' } as const;
const body: Style = { font: 'regular', size: 8 };
const head: Style = { font: 'bold', size: 8, color: grey };

export function reportAsPdf(document: ReportDocument): Promise<Buffer> {
  return pdfFile(reportPages(document), a4Landscape, document.title);
}

export function reportPages(document: ReportDocument): readonly PdfPage[] {
  const { title, lead, figures, tables, unknown, facts } = document;
  const paper = new Paper();
  paper.add(paragraph(title, { font: 'bold', size: 18 }, 2));
  paper.add(paragraph(lead, { font: 'regular', size: 11 }, 4));
  for (const line of aboutReport(document)) paper.add(paragraph(line, { font: 'regular', size: 8.5, color: grey }, 0));
  for (const block of figureBlocks(figures)) paper.add(block);
  for (const table of tables) addTable(paper, table);
  addList(paper, 'What is not known', unknown);
  addList(paper, 'Where this comes from', facts);
  const last = aboutReport(document).at(-1) ?? '';
  return paper.pages(`${title}. ${last}`);
}

/** Puts blocks under each other, and begins a page where one does not fit. */
class Paper {
  readonly #pages: { readonly words: PdfWords[]; readonly rules: PdfRule[] }[] = [{ words: [], rules: [] }];
  #y = margin;
  /** Stands at the top of each page that is begun, while a table goes on. */
  repeated: Block | null = null;

  add(block: Block, keepWith = 0): void {
    if (this.#y + block.height + keepWith > bottom && this.#y > margin) this.#turn();
    this.#draw(block);
  }

  pages(footer: string): readonly PdfPage[] {
    const style: Style = { font: 'regular', size: 7.5, color: grey };
    const text = fitted(pdfText(footer), style, room - 80);
    return this.#pages.map(({ words, rules }, at) => {
      const number = `Page ${at + 1} of ${this.#pages.length}`;
      const numberX = width - margin - pdfWidth(number, style.font, style.size);
      const footLines = [
        { text, x: margin, dy: 0, style },
        { text: number, x: numberX, dy: 0, style },
      ].map((line) => placed(line, height - margin));
      return { words: [...words, ...footLines], rules };
    });
  }

  #turn(): void {
    this.#pages.push({ words: [], rules: [] });
    this.#y = margin;
    if (this.repeated !== null) this.#draw(this.repeated);
  }

  #draw({ height: tall, lines, rule }: Block): void {
    const page = this.#pages.at(-1);
    for (const line of lines) page?.words.push(placed(line, this.#y));
    this.#y += tall;
    if (rule !== undefined) page?.rules.push({ from: margin, to: width - margin, y: this.#y, color: ruleColors[rule] });
  }
}

function placed({ text, x, dy, style }: Line, top: number): PdfWords {
  return { color: black, ...style, text, x, y: top + dy };
}

function paragraph(text: string, style: Style, above: number, indent = 0): Block {
  const lines = pdfLines(pdfText(text), style, room - indent);
  const step = style.size * leading;
  return {
    height: above + lines.length * step,
    lines: lines.map((line, at) => ({ text: line, x: margin + indent, dy: above + at * step + style.size, style })),
  };
}

/** As many beside each other as there is room for. */
function figureBlocks(figures: readonly ReportFigure[]): Block[] {
  const perRow = 7;
  const wide = room / perRow;
  const rows = Array.from({ length: Math.ceil(figures.length / perRow) }, (_, row) =>
    figures.slice(row * perRow, (row + 1) * perRow),
  );
  return rows.map((row, at) => {
    const titles = row.map(({ title }) => pdfLines(pdfText(title), { font: 'regular', size: 8 }, wide - gap));
    const tallest = Math.max(...titles.map(({ length }) => length));
    const top = (at === 0 ? 12 : 4) + tallest * 8 * leading;
    const lines = row.flatMap(({ text, tone }, column): Line[] => {
      const x = margin + column * wide;
      const value: Style = { font: 'bold', size: 13, ...colorOf(tone) };
      return [
        ...(titles[column] ?? []).map((line, index): Line => {
          const below = top - ((titles[column]?.length ?? 0) - index) * 8 * leading + 8;
          return { text: line, x, dy: below, style: { font: 'regular', size: 8, color: grey } };
        }),
        { text: fitted(pdfText(text), value, wide - gap), x, dy: top + 15, style: value },
      ];
    });
    return { height: top + 22, lines };
  });
}

function addTable(paper: Paper, { title, note, columns, rows, empty }: ReportTable): void {
  const all = columns.reduce((sum, { share }) => sum + share, 0);
  const places: { readonly x: number; readonly wide: number; readonly right: boolean }[] = [];
  let x = margin;
  for (const { share, align } of columns) {
    const wide = (room * share) / all;
    places.push({ x, wide: wide - gap, right: align === 'right' });
    x += wide;
  }
  const row = (cells: readonly { readonly text: string; readonly style: Style }[], above: number): Block => {
    const texts = cells.map(({ text, style }, at) => pdfLines(pdfText(text), style, places[at]?.wide ?? room));
    const step = body.size * leading;
    const most = Math.max(1, ...texts.map(({ length }) => length));
    const lines = texts.flatMap((own, at) => {
      const { x: left, wide, right } = places[at] ?? { x: margin, wide: room, right: false };
      const style = cells[at]?.style ?? body;
      return own.map((text, index): Line => {
        const from = right ? left + wide - pdfWidth(text, style.font, style.size) : left;
        return { text, x: from, dy: above + index * step + style.size, style };
      });
    });
    return { height: above + most * step + 3, lines };
  };
  const heading = paragraph(title, { font: 'bold', size: 11.5 }, 16);
  const said = note === null ? null : paragraph(note, { font: 'regular', size: 8, color: grey }, 2);
  const noteHeight = said?.height ?? 0;
  if (rows.length === 0) {
    const words = paragraph(empty, { ...body, color: grey }, 3);
    paper.add(heading, noteHeight + words.height);
    if (said !== null) paper.add(said, words.height);
    paper.add(words);
    return;
  }
  const titles: Block = {
    ...row(
      columns.map((column) => ({ text: column.title, style: head })),
      4,
    ),
    rule: 'strong',
  };
  const blocks = rows.map((cells): Block => {
    const own = row(
      cells.map((cell) => ({ text: cell.text, style: styleOf(cell) })),
      2.5,
    );
    return { ...own, rule: 'light' };
  });
  // A heading does not stand alone at the foot of a page.
  const first = titles.height + (blocks[0]?.height ?? 0);
  paper.add(heading, noteHeight + first);
  if (said !== null) paper.add(said, first);
  paper.add(titles, blocks[0]?.height ?? 0);
  paper.repeated = titles;
  for (const block of blocks) for (const part of parts(block, bottom - margin - titles.height)) paper.add(part);
  paper.repeated = null;
}

/** A row that is taller than a page goes on on the next one. */
function parts(block: Block, most: number): readonly Block[] {
  if (block.height <= most) return [block];
  const pieces: Block[] = [];
  for (let from = 0; from < block.height; from += most) {
    const lines = block.lines
      .filter(({ dy }) => dy > from && dy <= from + most)
      .map((line) => ({ ...line, dy: line.dy - from }));
    const tall = Math.min(most, block.height - from);
    pieces.push({ height: tall, lines, ...(from + most >= block.height ? { rule: 'light' as const } : {}) });
  }
  return pieces;
}

function addList(paper: Paper, title: string, items: readonly string[]): void {
  if (items.length === 0) return;
  const blocks = items.map((item) => paragraph(item, body, 2.5, 8));
  paper.add(paragraph(title, { font: 'bold', size: 11.5 }, 16), blocks[0]?.height ?? 0);
  for (const block of blocks) {
    const [first] = block.lines;
    const bullet = first === undefined ? [] : [{ ...first, text: '•', x: margin }];
    paper.add({ ...block, lines: [...bullet, ...block.lines] });
  }
}

function styleOf({ tone }: ReportCell): Style {
  return tone === undefined || tone === 'good'
    ? { ...body, ...colorOf(tone) }
    : { ...body, font: 'bold', ...colorOf(tone) };
}

function colorOf(tone: Tone | undefined): { readonly color?: string } {
  return tone === undefined ? {} : { color: tones[tone] };
}

function fitted(text: string, { font, size }: Style, wide: number): string {
  if (pdfWidth(text, font, size) <= wide) return text;
  let short = text;
  while (short.length > 1 && pdfWidth(`${short}…`, font, size) > wide) short = short.slice(0, -1);
  return `${short}…`;
}
