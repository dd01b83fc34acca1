/**
 * PDF (ISO 32000-1) in the fonts that every reader has, so that it needs no library and no file of a font: how wide text is,
 * how it is written, and the file around the pages. What those fonts cannot show stands as its code, `\u{441}`, and never
 * vanishes.
 */
import { harmless } from '../../../shared/model/safe-text.ts';

/** Helvetica, Helvetica Bold, Courier. */
export type PdfFont = 'F1' | 'F2' | 'F3';

/** Points, of which an inch has 72. */
export type PdfSize = { readonly width: number; readonly height: number };
export const a4: PdfSize = { width: 595, height: 842 };
export const a4Landscape: PdfSize = { width: 842, height: 595 };

/** Of WinAnsi's own places, what texts of ours are likely to have. */
const winAnsi: Readonly<Record<string, string>> = {
  '€': '\x80',
  '…': '\x85',
  '‘': '\x91',
  '’': '\x92',
  '“': '\x93',
  '”': '\x94',
  '•': '\x95',
  '–': '\x96',
  '—': '\x97',
};

/** Widths of the characters from the blank to `~`, in thousandths of the size: Adobe's metrics of the standard fonts. */
const regular = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];
const bold = [
  278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
  556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
  280, 389, 584,
];
/** What is beyond is taken to be as wide as the widest letters that come often. */
const beyond: Readonly<Record<string, number>> = { '\x85': 1000, '\x96': 556, '\x97': 1000, Æ: 1000, æ: 889 };

/** One character a byte, as WinAnsi has it, which agrees with Unicode from 161 on. */
export function pdfText(text: string): string {
  return harmless(text)
    .replace(/[€…‘’“”•–—]/gu, (character) => winAnsi[character] ?? character)
    .replaceAll('\u00a0', ' ')
    .replace(/[^ -~\u0080\u0085\u0091-\u0097\u00a1-\u00ff]/gu, code);
}

function code(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Points; of text as `pdfText` makes it. */
export function pdfWidth(text: string, font: PdfFont, size: number): number {
  if (font === 'F3') return text.length * size * 0.6;
  const widths = font === 'F2' ? bold : regular;
  let sum = 0;
  for (const character of text) sum += widths[character.charCodeAt(0) - 32] ?? beyond[character] ?? 722;
  return (sum * size) / 1000;
}

/** The operators that show it, its base line beginning at that point. */
export function pdfShow(text: string, font: PdfFont, size: number, x: number, y: number): string {
  const escaped = text.replace(/[\\()]/g, (character) => `\\${character}`);
  return `/${font} ${size} Tf 1 0 0 1 ${x.toFixed(1)} ${y.toFixed(1)} Tm (${escaped}) Tj`;
}

/**
 * A file of pages, each given by its operators. Objects: 1 catalog, 2 pages, 3 to 5 fonts, 6 what it says of itself, then a
 * page and its content each.
 */
export function pdfFile(contents: readonly string[], { width, height }: PdfSize, title: string): Buffer {
  const font = (name: string): string =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const kids = contents.map((_, at) => `${7 + 2 * at} 0 R`).join(' ');
  const fonts = '<< /F1 3 0 R /F2 4 0 R /F3 5 0 R >>';
  const shownTitle = pdfText(title).replace(/[\\()]/g, (character) => `\\${character}`);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${contents.length} >>`,
    font('Helvetica'),
    font('Helvetica-Bold'),
    font('Courier'),
    `<< /Title (${shownTitle}) /Producer (Holdfast) >>`,
    ...contents.flatMap((content, at) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Resources << /Font ${fonts} >> /Contents ${8 + 2 * at} 0 R >>`,
      `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  const parts = ['%PDF-1.4\n'];
  let length = parts[0]?.length ?? 0;
  const offsets = objects.map((object, at) => {
    const part = `${at + 1} 0 obj\n${object}\nendobj\n`;
    const offset = length;
    parts.push(part);
    length += part.length;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  parts.push(
    `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R /Info 6 0 R >>\nstartxref\n${length}\n%%EOF\n`,
  );
  return Buffer.from(parts.join(''), 'latin1');
}
