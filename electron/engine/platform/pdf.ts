/**
 * PDF: what stands where on its pages. Words are set in Roboto, which has Latin, Greek and Cyrillic letters; only what is used
 * of it comes into the file. Commands and digests are set in Courier, which every reader has. What Roboto cannot show stands
 * as its code, `\u{65e5}`, and never vanishes.
 *
 * Loaded by who makes one, and not before: the fonts and what reads them take a tenth of a second.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import * as fontkit from 'fontkit';
import PdfDocument from 'pdfkit';
import { harmless } from '../../../shared/model/safe-text.ts';
import { unpackedFont } from './woff.ts';

export type PdfFont = 'regular' | 'bold' | 'mono';

/** Points, of which an inch has 72. */
export type PdfSize = { readonly width: number; readonly height: number };
export const a4: PdfSize = { width: 595, height: 842 };
export const a4Landscape: PdfSize = { width: 842, height: 595 };

export type PdfStyle = { readonly font: PdfFont; readonly size: number };

/** `text` as `pdfText` makes it. Its base line begins at the point, counted from the top left. Colors are `#rrggbb`. */
export type PdfWords = PdfStyle & {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly color?: string;
};
/** A thin line across. */
export type PdfRule = { readonly from: number; readonly to: number; readonly y: number; readonly color: string };
export type PdfPage = { readonly words: readonly PdfWords[]; readonly rules: readonly PdfRule[] };

const packages = createRequire(import.meta.url);
const fonts = { regular: roboto('Regular'), bold: roboto('Bold') };
const monoAdvance = 0.6;

function roboto(style: 'Regular' | 'Bold'): fontkit.Font {
  const file = packages.resolve(`roboto-fontface/fonts/roboto/Roboto-${style}.woff`);
  // A file of one font, not a collection.
  return fontkit.create(unpackedFont(readFileSync(file))) as fontkit.Font;
}

/** What a page shows of it. */
export function pdfText(text: string): string {
  return harmless(text.normalize('NFC'))
    .replaceAll('\u00a0', ' ')
    .replace(/[^ -~]/gu, (character) => (hasGlyph(character) ? character : code(character)));
}

function hasGlyph(character: string): boolean {
  const point = character.codePointAt(0) ?? 0;
  return fonts.regular.hasGlyphForCodePoint(point) && fonts.bold.hasGlyphForCodePoint(point);
}

function code(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

const advances: Readonly<Record<'regular' | 'bold', Map<string, number>>> = { regular: new Map(), bold: new Map() };

/** Points; of text as `pdfText` makes it. */
export function pdfWidth(text: string, font: PdfFont, size: number): number {
  const used = shownIn(text, font);
  if (used === 'mono') return text.length * size * monoAdvance;
  const known = advances[used];
  let sum = 0;
  for (const character of text) {
    const advance = known.get(character) ?? advanceOf(character, used);
    known.set(character, advance);
    sum += advance;
  }
  return sum * size;
}

/** In parts of the size. */
function advanceOf(character: string, font: 'regular' | 'bold'): number {
  const { advanceWidth } = fonts[font].glyphForCodePoint(character.codePointAt(0) ?? 0);
  return advanceWidth / fonts[font].unitsPerEm;
}

/** Courier comes without a file, and has the letters of western Europe. */
function shownIn(text: string, font: PdfFont): PdfFont {
  return font === 'mono' && /[^ -~\u00a1-\u00ff]/.test(text) ? 'regular' : font;
}

/** Broken at blanks, and where a word is wider than there is room for, within it; of text as `pdfText` makes it. */
export function pdfLines(text: string, { font, size }: PdfStyle, wide: number): readonly string[] {
  const used = shownIn(text, font);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (pdfWidth(longer, used, size) <= wide) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (pdfWidth(line, used, size) > wide && line.length > 1) {
      const cut = cutOf(line, used, size, wide);
      lines.push(line.slice(0, cut));
      line = line.slice(cut);
    }
  }
  return [...lines, line];
}

/** How many characters fit; one at least. After a sign that names are made with, where there is one in the second half. */
function cutOf(word: string, font: PdfFont, size: number, wide: number): number {
  let used = 0;
  let fits = 0;
  for (const character of word) {
    used += pdfWidth(character, font, size);
    if (used > wide) break;
    fits += 1;
  }
  const most = Math.max(1, fits);
  const sign = Math.max(...['-', '/', '.', '_', '@', ','].map((one) => word.lastIndexOf(one, most - 1))) + 1;
  return sign > most / 2 ? sign : most;
}

export async function pdfFile(pages: readonly PdfPage[], { width, height }: PdfSize, title: string): Promise<Buffer> {
  const document = new PdfDocument({
    size: [width, height],
    margin: 0,
    autoFirstPage: false,
    // Nothing is set in the one it would begin with.
    font: 'Courier',
    lang: 'en',
    displayTitle: true,
    info: { Title: pdfText(title), Producer: 'Holdfast', Creator: 'Holdfast' },
  });
  document.registerFont('regular', fonts.regular as never).registerFont('bold', fonts.bold as never);
  for (const { words, rules } of pages) {
    document.addPage();
    for (const { text, font, size, x, y, color } of words) {
      const used = shownIn(text, font);
      document.font(used === 'mono' ? 'Courier' : used, size).fillColor(color ?? '#000000');
      // Neither broken nor moved by what it cannot know of the place.
      document.text(text, x, y, { lineBreak: false, baseline: 'alphabetic' });
    }
    for (const { from, to, y, color } of rules)
      document.lineWidth(0.5).strokeColor(color).moveTo(from, y).lineTo(to, y).stroke();
    // A hundred pages take some tenths of a second: others get their turns.
    await setImmediate();
  }
  document.end();
  const parts: Buffer[] = [];
  for await (const part of document) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
